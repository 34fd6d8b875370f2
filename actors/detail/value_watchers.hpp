#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <caf/actor_addr.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>

#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/gathered_changes.hpp>

/// Notifies actors of changes to a replicated value that they watch.
namespace cafmesh {

template <class V>
struct value_changed; // defined in replicated.hpp

} // namespace cafmesh

namespace cafmesh::replication {

/// The watchers of one value. Each is told of the next change once it has
/// handled the previous one. Owned by the actor of the value, whose type is
/// `Self`.
template <class V, class Self, class Watcher>
class value_watchers {
public:
  /// @param value must outlive this object
  value_watchers(Self* self, const copy_on_write<V>& value)
      : self_(self), value_(value) {
  }

  bool empty() const noexcept {
    return all_.empty();
  }

  /// Tells a watcher the whole value, and from then on each change.
  void add(const Watcher& who) {
    auto x = find(who);
    if (x == all_.end()) {
      self_->monitor(who);
      x = all_.insert(x, {who, false, {}});
    }
    auto whole = value_.lend();
    if (x->is_busy)
      x->missed.add_whole();
    else
      tell(*x, {whole, whole});
  }

  /// Removes a watcher that has ended. Does nothing for any other actor.
  void remove(const caf::actor_addr& who) {
    all_.erase(std::remove_if(all_.begin(), all_.end(),
                              [&](const watcher& x) { return x.who == who; }),
               all_.end());
  }

  /// Tells the watchers of the changes, or of the whole value if
  /// `changes.is_whole()`.
  /// @pre there are changes
  void tell(gathered_changes<V>& changes) {
    const auto whole = value_.lend();
    const auto news = changes.take(whole);
    for (auto& x : all_)
      if (!x.is_busy)
        tell(x, {whole, news});
      else if (news == whole)
        x.missed.add_whole();
      else
        x.missed.add(*news, *whole);
  }

private:
  struct watcher {
    Watcher who;
    bool is_busy = false;       // is handling a change
    gathered_changes<V> missed; // changes made while it is busy
  };

  auto find(const Watcher& who) {
    return std::find_if(all_.begin(), all_.end(),
                        [&](const watcher& x) { return x.who == who; });
  }

  void tell(watcher& x, value_changed<V> what) {
    x.is_busy = true;
    auto go_on = [this, who = x.who] {
      is_done(who);
    };
    self_->request(x.who, caf::infinite, std::move(what))
      .then(go_on, [go_on](const caf::error&) { go_on(); });
  }

  void is_done(const Watcher& who) {
    auto x = find(who);
    if (x == all_.end())
      return;
    x->is_busy = false;
    if (x->missed.empty())
      return;
    const auto whole = value_.lend();
    tell(*x, {whole, x->missed.take(whole)});
  }

  Self* self_;
  const copy_on_write<V>& value_;
  std::vector<watcher> all_;
};

} // namespace cafmesh::replication
