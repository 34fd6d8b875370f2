#include <limits>
#include <utility>

#include "actors/remote/carrier.hpp"
#include "actors/remote/unprocessed_costs.hpp"
#include <cafmesh/errc.hpp>

// Sends the answers to requests of other peers.
namespace cafmesh {

// Answers may exceed the windows, because they belong to requests, which have
// windows of their own. The limit here stops a peer that asks for ever and
// processes no answers.
void carrier::send_answer(remote_proxy& to, caf::mailbox_element& what,
                          outgoing_item item) {
  const auto most_small = unprocessed_costs::most_small_responses(config_);
  const auto most = item.cost.is_large ? 2 * config_.large_window : most_small;
  if (push(to.box(), std::move(item), most))
    return;
  auto instead = caf::make_mailbox_element(
    what.sender, what.mid, {},
    make_error(errc::congested,
               "too many answers wait for this peer, or for all peers"));
  outgoing_item small;
  small.actor = to.id();
  if (encode(to, *instead, small)
      || !push(to.box(), std::move(small), most_small + config_.window))
    lose_answer(to, what);
}

std::size_t carrier::fail_owed(remote_proxy& requester, std::size_t most) {
  const auto owed = requester.box()->owed().take(requester, most);
  if (requester.has_ended())
    return owed.size();
  for (auto request : owed) {
    auto answer = caf::make_mailbox_element(
      nullptr, request.response_id(), {},
      make_error(errc::ended, "the actor that took the request has ended or "
                              "given it up, and has sent no answer"));
    send(requester, *answer);
  }
  return owed.size();
}

void carrier::lose_owed(remote_proxy& requester) {
  const auto& box = requester.box();
  const auto owed =
    box->owed().take(requester, std::numeric_limits<std::size_t>::max());
  if (owed.empty() || requester.has_ended())
    return;
  for (auto request : owed)
    box->push_lost({request.request_id().integer_value(), false});
  tell_postman(box);
}

// The node to which a request is delegated owes the answer from now on.
void carrier::forget_owed(const caf::mailbox_element& delegated) {
  if (auto* x = dynamic_cast<remote_proxy*>(delegated.sender->get()))
    x->box()->owed().remove(*x, delegated.mid);
}

// Tells the requester that there is no answer. A response without a sender is
// from nobody who has carried out the request.
void carrier::lose_answer(remote_proxy& to, const caf::mailbox_element& what) {
  to.box()->push_lost(
    {what.mid.request_id().integer_value(), what.sender != nullptr});
  tell_postman(to.box());
}

} // namespace cafmesh
