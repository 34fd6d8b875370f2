#include "actors/caf_version/lifetime.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>
#include <caf/sec.hpp>

namespace cafmesh::caf_version {

bool receiver_has_ended(const caf::error& why) {
  return why == caf::sec::request_receiver_down
         || why == caf::sec::runtime_error
         || why.category() == caf::atom("exit");
}

void tell_to_end(const caf::actor_addr& x, caf::error reason) {
  if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x))
    ptr->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                 caf::make_message(caf::exit_msg{{}, std::move(reason)}),
                 nullptr);
}

std::size_t owners_during_timeout(const caf::abstract_actor& x) {
  // CAF itself holds two references: one in the scheduler, and one in the
  // delayed message, whose sender is this actor.
  constexpr std::size_t others = 2;
  auto all = x.ctrl()->strong_refs.load();
  return all > others ? all - others : 0;
}

bool is_accident(const caf::error& exit_reason) {
  return exit_reason == caf::exit_reason::kill
         || exit_reason == caf::exit_reason::unhandled_exception
         || exit_reason == caf::sec::runtime_error;
}

} // namespace cafmesh::caf_version
