#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <caf/actor_addr.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>

#include "actors/core/directory/name_watch.hpp"
#include <cafmesh/names.hpp>

namespace cafmesh {

inline published_name describe_entry(const std::string& name, names::life of,
                                     const names::entry* x) {
  published_name result;
  result.name = name;
  result.peer = of.peer;
  result.uid = of.uid;
  if (!x)
    return result;
  result.actor = x->actor;
  if (x->interface)
    result.interface = *x->interface;
  if (x->attributes)
    result.attributes = *x->attributes;
  return result;
}

/// Tells watchers of names about changes. A watcher gets the next changes once
/// it has handled the previous ones. `Self` is a pointer to the directory,
/// which owns this object.
template <class Self>
class name_watchers {
public:
  explicit name_watchers(Self self) : self_(self) {
  }

  bool empty() const noexcept {
    return all_.empty();
  }

  /// Adds a watcher. If the actor is a watcher already, these names replace
  /// those that it has watched so far.
  void add(const watch_names& x, const names::documents& docs) {
    names::name_watch watch{{x.text, x.is_prefix}};
    auto i = find(x.watcher);
    if (i == all_.end()) {
      self_->monitor(x.watcher);
      i = all_.insert(i, {x.watcher, std::move(watch), false});
    } else {
      i->what = std::move(watch);
    }
    tell(*i, docs);
  }

  /// Removes a watcher that has ended. Does nothing for any other actor.
  void remove(const caf::actor_addr& who) {
    all_.erase(std::remove_if(all_.begin(), all_.end(),
                              [&](const watcher& x) { return x.who == who; }),
               all_.end());
  }

  void tell(const std::vector<names::shown_change>& changes,
            const names::documents& docs) {
    for (auto& x : all_) {
      for (const auto& change : changes)
        x.what.add(change);
      tell(x, docs);
    }
  }

private:
  struct watcher {
    name_watcher_actor who;
    names::name_watch what;
    bool is_busy = false; // is handling changes
  };

  auto find(const name_watcher_actor& who) {
    return std::find_if(all_.begin(), all_.end(),
                        [&](const watcher& x) { return x.who == who; });
  }

  void tell(watcher& x, const names::documents& docs) {
    if (x.is_busy || !x.what.has_news())
      return;
    x.is_busy = true;
    auto news = x.what.take(docs);
    names_changed message;
    message.is_snapshot = news.is_snapshot;
    for (const auto& each : news.updates) {
      auto& to = each.now ? message.published : message.gone;
      to.push_back(
        describe_entry(each.name, each.of, each.now ? &*each.now : nullptr));
    }
    auto go_on = [this, who = x.who, &docs] {
      auto i = find(who);
      if (i == all_.end())
        return;
      i->is_busy = false;
      tell(*i, docs);
    };
    self_->request(x.who, caf::infinite, std::move(message))
      .then(go_on, [go_on](const caf::error&) { go_on(); });
  }

  Self self_;
  std::vector<watcher> all_;
};

} // namespace cafmesh
