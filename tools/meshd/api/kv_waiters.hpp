#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tools/meshd/mesh/kv_store.hpp"
#include "tools/meshd/mesh/mesh_system.hpp"

namespace meshd {

/// The requests that wait for a change of a key.
class kv_waiters {
public:
  /// Called with true if the key has changed, with false if the time is over.
  using on_end = std::function<void(bool)>;

  explicit kv_waiters(mesh_system& mesh) : mesh_(mesh) {
  }

  /// Calls `f` at the next change of the key, at the latest after `time`.
  /// @returns a number for `end`
  std::uint64_t add(const std::string& key, std::chrono::milliseconds time,
                    on_end f) {
    auto number = ++last_;
    all_[key].emplace(number, std::move(f));
    mesh_.after(time, [this, key, number] { end(key, number); });
    return number;
  }

  /// Ends a wait as if its time were over.
  void end(const std::string& key, std::uint64_t number) {
    auto i = all_.find(key);
    if (i == all_.end())
      return;
    auto waiter = i->second.find(number);
    if (waiter == i->second.end())
      return;
    auto f = std::move(waiter->second);
    i->second.erase(waiter);
    if (i->second.empty())
      all_.erase(i);
    f(false);
  }

  void changed(const std::vector<kv_change>& xs) {
    for (const auto& x : xs)
      if (auto i = all_.find(x.key); i != all_.end()) {
        auto waiting = std::move(i->second);
        all_.erase(i);
        for (auto& each : waiting)
          each.second(true);
      }
  }

private:
  mesh_system& mesh_;
  std::map<std::string, std::map<std::uint64_t, on_end>> all_;
  std::uint64_t last_ = 0;
};

} // namespace meshd
