#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor_cast.hpp>

#include "tests/support/replicated_mesh.hpp"

namespace cafmesh::test {

inline byte_view view(std::string_view text) {
  return byte_view{text};
}

/// The messages that a watcher has received. The watcher and the test share
/// them.
struct changes {
  std::vector<value_changed<lww_map>> told;
  caf::actor watcher;

  /// The entries that were new in a message: `key=value`, or `-key` for a
  /// deleted entry.
  std::string news(std::size_t i) const {
    std::string result;
    for (const auto& [key, x] : told.at(i).news->entries())
      result += x.deleted
                  ? "-" + key + " "
                  : key + "=" + std::string{x.value.view().as_text()} + " ";
    return result;
  }
};

/// Nodes with maps, and the watchers of these maps.
struct stores : replicated_mesh {
  using store = replicated_actor<lww_map>;

  ~stores() {
    for (const auto& x : watched)
      end(x);
  }

  void put(const store& whom, const std::string& key,
           const std::string& value) {
    change<lww_map>(whom, [=](const lww_map& x) {
      return x.put(key, view(value), peer_name::from_number(1));
    });
  }
  void erase(const store& whom, const std::string& key) {
    change<lww_map>(whom, [=](const lww_map& x) {
      return x.erase(key, peer_name::from_number(1));
    });
  }
  void churn(const store& whom, int count, duration pause) {
    for (int i = 0; i < count; ++i) {
      const auto key = std::to_string(i) + std::string(4'000, 'x');
      put(whom, key, "v");
      erase(whom, key);
      run_for(pause);
    }
  }
  snapshot<lww_map> map(const store& whom) {
    return *ask<snapshot<lww_map>>(whom, get_value<lww_map>{}).value;
  }
  std::string get(const store& whom, const std::string& key) {
    auto all = map(whom);
    auto found = all->find(key);
    return found ? std::string{found->value.view().as_text()} : "-";
  }

  std::shared_ptr<changes> watch_changes(const store& whom) {
    auto result = std::make_shared<changes>();
    watched.push_back(result);
    result->watcher = system().spawn([result](caf::event_based_actor*) {
      return caf::behavior{[result](const value_changed<lww_map>& x) {
        result->told.push_back(x);
      }};
    });
    ask<void>(
      whom, watch<lww_map>{
              caf::actor_cast<value_watcher_actor<lww_map>>(result->watcher)});
    return result;
  }
  void end(const std::shared_ptr<changes>& x) {
    caf::anon_send_exit(x->watcher, caf::exit_reason::user_shutdown);
    run();
  }

  std::vector<std::shared_ptr<changes>> watched;
};

} // namespace cafmesh::test
