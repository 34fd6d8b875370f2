#include <utility>

#include "actors/remote/carrier.hpp"
#include <cafmesh/errc.hpp>

// What happens to messages that cannot be sent: requests get an error as the
// answer, others are counted as dropped.
namespace cafmesh {

bool carrier::answer(const caf::strong_actor_ptr& sender, caf::message_id mid,
                     const caf::error& why) {
  if (!sender || !mid.is_request())
    return false;
  sender->enqueue(nullptr, mid.response_id(), caf::make_message(why), nullptr);
  return true;
}

void carrier::refuse(outbox& box, const outgoing_item& item,
                     const caf::error& why) {
  if (answer(item.party, item.request, why))
    return;
  box.drops().add(why);
  dropped_.add(box.node(), item.actor, why, [&] {
    auto x = remote::read_body(item.encoded);
    return x ? caf_version::type_names(x->content) : std::vector<std::string>{};
  });
}

void carrier::refuse(remote_proxy& to, const caf::mailbox_element& what,
                     const caf::error& why) {
  if (answer(what.sender, what.mid, why))
    return;
  to.box()->drops().add(why);
  dropped_.add(to.node(), to.id(), why, [&] {
    return caf_version::type_names(system_, what.content());
  });
}

caf::error carrier::why_ended(const remote_proxy& x) {
  auto result = x.fail_state();
  for (auto code : {errc::ended, errc::restarted, errc::left, errc::stopped})
    if (is(result, code))
      return result;
  return make_error(errc::ended, "the remote actor has ended: "
                                   + (result ? describe(result) : "normally"));
}

} // namespace cafmesh
