#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <caf/fwd.hpp>

#include <cafmesh/gossip_data.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

using value_map = std::map<std::string, int>;

/// Raises one value of the state. The answer is the change, or null if the
/// state already has this value or a higher one.
struct raise_value {
  std::string key;
  int value = 0;
};
struct get_values {};

/// The gossiper of each cafmesh peer in these tests. Go peers run the same
/// gossiper, written in Go. `mesh_peer` describes what it does.
using blob_gossiper_actor =
  gossiper_actor::extend<caf::replies_to<raise_value>::with<gossip_data_ptr>,
                         caf::replies_to<get_values>::with<value_map>>;

/// Spawns the gossiper.
/// @param arrived is called on a thread of the system for each blob, with
///        `unicast` or `broadcast`, the source and the blob
blob_gossiper_actor spawn_blob_gossiper(
  caf::actor_system& system,
  std::function<void(const char*, peer_name, byte_view)> arrived);

gossip_data_ptr blob_to_broadcast(bytes blob);

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::raise_value)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::get_values)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::value_map)
