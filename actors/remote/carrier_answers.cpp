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

// Tells the requester that there is no answer. A response without a sender
// means that nobody carried out the request.
void carrier::lose_answer(remote_proxy& to, const caf::mailbox_element& what) {
  to.box()->push_lost(
    {what.mid.request_id().integer_value(), what.sender != nullptr});
  tell_postman(to.box());
}

} // namespace cafmesh
