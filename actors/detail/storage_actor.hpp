#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/payload.hpp>
#include <cafmesh/storage.hpp>

/// The actor that uses the storage of one replicated value, on a thread of its
/// own if the storage may block.
namespace cafmesh::replication {

/// Asks the storage actor to load a value. The answer is a storage_report.
struct load_changes {
  std::string type;
  change_storage::reader take; // called on the storage's thread
};

/// Asks the storage actor to store messages. The answer is a storage_report.
struct store_changes {
  std::function<std::vector<payload>()>
    encode;              // called on the storage's thread
  bool is_whole = false; // whether the messages replace all others
  bool durable = false;
};

/// Tells the storage actor to close the storage and end.
struct end_storage {};

/// The storage actor's answer to load_changes and store_changes.
struct storage_report {
  caf::error problem; // no error if all is well
  std::uint64_t bytes = 0;
  bool needs_whole =
    false; // whether the whole value should replace the changes
};

using storage_actor =
  caf::typed_actor<caf::replies_to<load_changes>::with<storage_report>,
                   caf::replies_to<store_changes>::with<storage_report>,
                   caf::reacts_to<end_storage>>;

/// @pre `storage` is not null
storage_actor spawn_storage(caf::actor_system& system,
                            change_storage_ptr storage);

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::load_changes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::store_changes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::end_storage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::storage_report)
