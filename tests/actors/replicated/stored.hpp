#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tests/actors/replicated/stores.hpp"
#include "tests/support/memory_storage.hpp"

namespace cafmesh::test {

/// Nodes with values that are stored in memory. All nodes use the same storage,
/// one after the other.
struct stored : stores {
  std::shared_ptr<memory_storage> disk = std::make_shared<memory_storage>();
  std::shared_ptr<collecting_log> log = std::make_shared<collecting_log>();

  replicated_options on_disk(bool durable = false) const {
    replicated_options result;
    result.storage = disk;
    result.log = log;
    result.durable = durable;
    return result;
  }
  template <class V>
  replicated_actor<V> stored_on(char letter, V initial = V{},
                                bool durable = false) {
    return spawn_replicated(system(), at(letter).router(), "value",
                            std::move(initial), on_disk(durable));
  }
  storage_status status(const store& whom) {
    return *ask<storage_status>(whom, get_storage_status{}).value;
  }
  reply<snapshot<lww_map>> put_durably(const store& whom,
                                       const std::string& key) {
    return ask<snapshot<lww_map>>(whom, put_order(key, "v", true));
  }
  static update<lww_map> put_order(const std::string& key,
                                   const std::string& value, bool durable) {
    return {[=](const lww_map& x) {
              return x.put(key, view(value), peer_name::from_number(1));
            },
            durable};
  }
};

} // namespace cafmesh::test
