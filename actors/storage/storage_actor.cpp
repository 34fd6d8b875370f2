#include <cafmesh/detail/storage_actor.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/caf_version/own_thread.hpp"
#include "actors/storage/shared_storage.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::replication {

/// shared thread -> storage actor: the work with this number is done.
struct storage_done {
  std::uint64_t number = 0;
  storage_report report;
};

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::storage_done)

// The actor that uses the storage of one replicated value.
namespace cafmesh::replication {

namespace {

struct storage_state {
  static inline const char* name = "cafmesh.storage";
};

// Once the stored changes exceed both this number of bytes and the size of the
// whole value, a new copy of the whole value replaces them. So start-up reads
// the value, and changes of at most 1 MiB or the size of the value, whichever
// is larger.
constexpr std::uint64_t least_changes = 1024 * 1024;

storage_report report_on(const change_storage& storage, caf::error problem,
                         std::uint64_t least = least_changes) {
  const auto whole = storage.bytes_of_whole();
  const auto changes = storage.bytes_of_changes();
  return {std::move(problem), whole + changes,
          changes > std::max(whole, least)};
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

// -- on a shared thread

using sharing_actor = storage_actor::extend<caf::reacts_to<storage_done>>;

struct sharing_state {
  static inline const char* name = "cafmesh.storage";

  std::map<std::uint64_t, caf::typed_response_promise<storage_report>> waiting;
  std::uint64_t last = 0;
};

using sharing_pointer = sharing_actor::stateful_pointer<sharing_state>;
using shared_storage_ptr = std::shared_ptr<shared_storage>;

// Runs `work` on the shared thread, which then sends `storage_done` with
// `number` to `self`. After the number 0, `self` can end.
template <class Work>
void run(sharing_pointer self, const shared_storage_ptr& storage,
         std::uint64_t number, Work work) {
  auto no_thread = storage->thread()->run(
    [me = sharing_actor{self}, storage, number, work = std::move(work)] {
      auto problem = work();
      caf::anon_send(me,
                     storage_done{number, report_on(*storage, problem,
                                                    storage->most_changes())});
    });
  if (no_thread)
    self->send(
      sharing_actor{self},
      storage_done{number, {make_error(errc::storage_failed, *no_thread)}});
}

template <class Work>
caf::result<storage_report> answer_after(sharing_pointer self,
                                         const shared_storage_ptr& storage,
                                         Work work) {
  auto promise = self->template make_response_promise<storage_report>();
  const auto number = ++self->state.last;
  self->state.waiting.emplace(number, promise);
  run(self, storage, number, std::move(work));
  return promise;
}

sharing_actor::behavior_type
sharing_behavior(sharing_pointer self, const shared_storage_ptr& storage) {
  return {
    [=](const load_changes& x) {
      return answer_after(self, storage,
                          [=] { return storage->load(x.type, x.take); });
    },
    [=](const store_changes& x) {
      return answer_after(self, storage, [=] { return store(*storage, x); });
    },
    [=](end_storage) {
      run(self, storage, 0, [storage] {
        storage->close();
        return caf::error{};
      });
    },
    [=](storage_done& x) {
      if (x.number == 0)
        return self->quit();
      auto found = self->state.waiting.find(x.number);
      found->second.deliver(std::move(x.report));
      self->state.waiting.erase(found);
    },
  };
}

// -- without a thread

storage_actor::behavior_type
failing_behavior(storage_actor::stateful_pointer<storage_state> self,
                 const std::string& why) {
  const storage_report failed{make_error(errc::storage_failed, why)};
  return {
    [failed](const load_changes&) { return failed; },
    [failed](const store_changes&) { return failed; },
    [self](end_storage) { self->quit(); },
  };
}

} // namespace

storage_actor spawn_storage(caf::actor_system& system,
                            change_storage_ptr storage) {
  if (auto shared = std::dynamic_pointer_cast<shared_storage>(storage))
    return system.spawn(sharing_behavior, std::move(shared));
  if (!storage->may_block())
    return system.spawn(storage_behavior, std::move(storage));
  if (auto why = caf_version::why_no_thread())
    return system.spawn(failing_behavior, *why);
  return system.spawn<caf::detached>(storage_behavior, std::move(storage));
}

} // namespace cafmesh::replication
