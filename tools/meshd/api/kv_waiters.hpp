#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/kv_store.hpp"
#include "tools/meshd/mesh/mesh_system.hpp"

namespace meshd {

/// The requests that wait for a key to change. A wait that has ended leaves
/// nothing behind, so abandoned requests take no memory.
class kv_waiters {
public:
  /// Called with true if the key has changed, with false if the time is over.
  using on_end = std::function<void(bool)>;
  using wait_id = deadlines::key;

  explicit kv_waiters(mesh_system& mesh) : ends_(mesh.parts()) {
  }

  /// Calls `f` at the next change to the key, or once `time` is over.
  /// @returns the ID of the wait, for `end`
  wait_id add(const std::string& key, std::chrono::milliseconds time,
              on_end f) {
    auto result = ends_.add(time, [this, key](wait_id x) { end(key, x); });
    all_[key].emplace(result, std::move(f));
    return result;
  }

  /// Ends a wait as if its time were over.
  void end(const std::string& key, wait_id x) {
    auto i = all_.find(key);
    if (i == all_.end())
      return;
    auto waiter = i->second.find(x);
    if (waiter == i->second.end())
      return;
    auto f = std::move(waiter->second);
    i->second.erase(waiter);
    ends_.remove(x);
    if (i->second.empty())
      all_.erase(i);
    f(false);
  }

  void changed(const std::vector<kv_change>& xs) {
    for (const auto& x : xs)
      if (auto i = all_.find(x.key); i != all_.end()) {
        auto waiting = std::move(i->second);
        all_.erase(i);
        for (auto& each : waiting) {
          ends_.remove(each.first);
          each.second(true);
        }
      }
  }

private:
  deadlines ends_;
  std::map<std::string, std::map<wait_id, on_end>> all_;
};

} // namespace meshd
