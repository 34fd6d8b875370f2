#include <cafmesh/detail/storage_actor.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// The actor that uses the storage of one replicated value.
namespace cafmesh::replication {

namespace {

// The stored changes are replaced by the whole value once they take as much
// space as the value, and at least this number of bytes. Start-up thus reads at
// most about twice the value.
constexpr std::uint64_t least_changes = 1024 * 1024;

struct storage_state {
  static inline const char* name = "cafmesh.storage";
};

storage_report report_on(const change_storage& storage, caf::error problem) {
  const auto whole = storage.bytes_of_whole();
  const auto changes = storage.bytes_of_changes();
  return {std::move(problem), whole + changes,
          changes > std::max(whole, least_changes)};
}

caf::error store(change_storage& storage, const store_changes& x) {
  const auto messages = x.encode();
  const auto now = std::chrono::system_clock::now();
  return x.is_whole ? storage.replace(messages, now, x.durable)
                    : storage.append(messages, now, x.durable);
}

storage_actor::behavior_type
storage_behavior(storage_actor::stateful_pointer<storage_state> self,
                 const change_storage_ptr& storage) {
  return {
    [storage](const load_changes& x) {
      return report_on(*storage, storage->load(x.type, x.take));
    },
    [storage](const store_changes& x) {
      return report_on(*storage, store(*storage, x));
    },
    [self, storage](end_storage) {
      storage->close();
      self->quit();
    },
  };
}

} // namespace

storage_actor spawn_storage(caf::actor_system& system,
                            change_storage_ptr storage) {
  return storage->may_block()
           ? system.spawn<caf::detached>(storage_behavior, std::move(storage))
           : system.spawn(storage_behavior, std::move(storage));
}

} // namespace cafmesh::replication
