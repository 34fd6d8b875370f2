#include <algorithm>
#include <utility>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// How the postman handles messages that arrive in fragments.
namespace cafmesh {

namespace {

caf::error reason(remote::assembly outcome, bool is_response) {
  switch (outcome) {
  case remote::assembly::complete:
  case remote::assembly::broken:
    break;
  case remote::assembly::too_large:
    return make_error(errc::too_large,
                      "the message is larger than its receiver's peer takes");
  case remote::assembly::congested:
    return make_error(errc::congested,
                      "too many large messages arrive at the receiver's peer");
  case remote::assembly::late:
    // The request of an incomplete response may have been carried out, so
    // errc::lost would be wrong.
    return make_error(is_response ? errc::unreachable : errc::lost,
                      "the rest of the message did not arrive");
  }
  return {};
}

} // namespace

void postman_state::fragment_came(remote_peer& from, const remote::arrival& x) {
  const auto& config = shared->config();
  std::vector<remote::assembled> ended;
  partial.add(from.home.uid, x.body, *x.fragment,
              unprocessed->large_room(from.account->unprocessed()), now(),
              ended);
  schedule(now() + config.down_after);
  assembled_came(std::move(ended));
}

void postman_state::assembled_came(std::vector<remote::assembled> xs) {
  for (auto& x : xs) {
    auto found = peers.find(x.from);
    if (found == peers.end())
      continue;
    auto& from = found->second;
    remote::message_cost cost{x.cost, true};
    from.account->arrived(cost);
    auto body = remote::read_body(byte_view{x.body});
    if (x.outcome == remote::assembly::broken || !body
        || body->kind != remote::body_kind::message) {
      from.account->processed(cost);
      continue;
    }
    auto is_response = caf::message_id{body->other}.is_response();
    // The sender has counted the whole message against the receiver's window.
    // Returns credit for the missing part.
    auto announced = remote::cost_of_message(x.total).bytes;
    if (!is_response && announced > cost.bytes
        && shared->exported()->contains(body->actor))
      from.account->of(body->actor)->count_undelivered(announced - cost.bytes);
    message_came(from, *body, cost, reason(x.outcome, is_response),
                 std::move(x.body));
  }
}

void postman_state::expire_partial() {
  std::vector<remote::assembled> ended;
  partial.expire(now(), ended);
  assembled_came(std::move(ended));
  schedule(partial.due());
}

} // namespace cafmesh
