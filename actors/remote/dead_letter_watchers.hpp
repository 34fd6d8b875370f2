#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include <caf/actor_addr.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>

#include <cafmesh/dead_letters.hpp>

namespace cafmesh {

/// Reports dropped messages to watchers. A watcher gets its next report once it
/// has handled the previous one. `Self` is a pointer to the postman, which owns
/// this object.
template <class Self>
class dead_letter_watchers {
public:
  explicit dead_letter_watchers(Self self) : self_(self) {
  }

  /// @param x the maximum number of messages that wait for one watcher
  void set_most(std::size_t x) noexcept {
    most_ = x;
  }
  bool empty() const noexcept {
    return all_.empty();
  }
  void add(const dead_letter_watcher_actor& x) {
    if (find(x) != all_.end())
      return;
    self_->monitor(x);
    all_.push_back({x, {}, false});
  }
  /// Removes a watcher that has ended. Does nothing for any other actor.
  void remove(const caf::actor_addr& who) {
    all_.erase(std::remove_if(all_.begin(), all_.end(),
                              [&](const watcher& x) { return x.who == who; }),
               all_.end());
  }
  void tell(const dead_letters& news) {
    for (auto& x : all_) {
      auto count = std::min(news.all.size(), most_ - x.waiting.all.size());
      std::copy_n(news.all.begin(), count, std::back_inserter(x.waiting.all));
      x.waiting.missed += news.missed + (news.all.size() - count);
      tell(x);
    }
  }

private:
  struct watcher {
    dead_letter_watcher_actor who;
    dead_letters waiting;
    bool is_busy = false; // is handling a report
  };

  auto find(const dead_letter_watcher_actor& who) {
    return std::find_if(all_.begin(), all_.end(),
                        [&](const watcher& x) { return x.who == who; });
  }

  void tell(watcher& x) {
    if (x.is_busy || (x.waiting.all.empty() && x.waiting.missed == 0))
      return;
    x.is_busy = true;
    auto go_on = [this, who = x.who] {
      auto i = find(who);
      if (i == all_.end())
        return;
      i->is_busy = false;
      tell(*i);
    };
    self_->request(x.who, caf::infinite, std::exchange(x.waiting, {}))
      .then(go_on, [go_on](const caf::error&) { go_on(); });
  }

  Self self_;
  std::size_t most_ = 0;
  std::vector<watcher> all_;
};

} // namespace cafmesh
