#pragma once

#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "messages/internal/closing.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/type_ids.hpp>

/// The messages with which the topology reports to other peers, through the
/// postman, that remotes have closed its connections.
namespace cafmesh {

/// topology -> postman: report this closing to all peers.
struct report_closing {
  closing what;
};

/// topology -> postman: do not report this closing, because the peer has
/// connected again.
struct withdraw_closing {
  closing what;
};

using closing_reporter_actor =
  caf::typed_actor<caf::reacts_to<report_closing>,
                   caf::reacts_to<withdraw_closing>>;

/// postman -> topology: another peer has reported these closings. The answer
/// comes once the topology has handled them.
struct closings_reported {
  peer_name reporter;
  std::vector<closing> all;
};

using closing_listener_actor =
  caf::typed_actor<caf::reacts_to<closings_reported>>;

/// postman -> router -> topology: report closings through this actor. Answered
/// with the actor that takes the reports from other peers.
struct report_closings_through {
  closing_reporter_actor reporter;
};

/// connection -> topology: the remote has closed this connection, which ends
/// soon. The exit reason does not show who closed it, because an overlay may
/// give the same reason.
struct closed_by_remote {
  connection_id id;
};

using closing_router_actor = caf::typed_actor<
  caf::replies_to<report_closings_through>::with<closing_listener_actor>>;
using closing_topology_actor = caf::typed_actor<
  caf::replies_to<report_closings_through>::with<closing_listener_actor>,
  caf::reacts_to<closings_reported>, caf::reacts_to<closed_by_remote>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::closed_by_remote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::report_closing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::withdraw_closing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::closings_reported)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::report_closings_through)
