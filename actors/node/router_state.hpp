#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/channel/sending_log.hpp"
#include "actors/context/closing_parts.hpp"
#include "actors/context/node_context.hpp"
#include "actors/context/remote_parts.hpp"
#include "actors/core/limits/line_limit.hpp"
#include "actors/core/limits/surrogate_limit.hpp"
#include "actors/node/stall_watch.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/router.hpp>

/// The state of the router. Only `router*.cpp` include this file: `router.cpp`
/// has the handlers; `router_state.cpp` starts the node and serves channels,
/// status and passwords; `router_stopping.cpp` stops the node.
namespace cafmesh {

// router -> itself
struct drained_long_enough {}; // `drain_limit` is over
struct end_idle_surrogates {}; // look for idle surrogate channels
struct periodic_check {};      // look for owners, call `router_ran`

using router_interface = inner_router_actor::extend<
  caf::reacts_to<drained_long_enough>, caf::reacts_to<end_idle_surrogates>,
  caf::reacts_to<periodic_check>, caf::reacts_to<report_actors>,
  caf::replies_to<report_closings_through>::with<closing_listener_actor>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::drained_long_enough)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::end_idle_surrogates)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::periodic_check)

namespace cafmesh {

struct router_state {
  explicit router_state(router_interface::pointer self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.router";

  void set_up(std::shared_ptr<node_context> context, listener_ptr from);
  caf::result<void> start();
  caf::result<gossip_channel_actor> join(const join_channel& x);
  caf::result<inner_channel_actor> find(const find_channel& x);
  inner_channel_actor add_channel(const std::string& channel,
                                  gossiper_actor gossiper,
                                  channel_usage_ptr usage = nullptr);
  void surrogate_has_begun(const surrogate_began& x);
  void end_channel(const std::string& channel);
  void watch_for_idle_surrogates();
  void look_for_idle_surrogates();
  void look_for_owners();
  void check_periodically();
  caf::result<mesh_status> status();
  caf::result<void> change_passwords(std::vector<password> passwords);
  void warn_of_short_passwords() const;

  caf::result<void> stop();
  void begin_stop();
  void drain_channels();
  void finish_connections_now();
  void close_connections();
  void end_if_alone();
  void child_down(const caf::actor_addr& who, const caf::error& reason);
  void fail(std::string why);
  void stop_channels();

  /// Wraps a promise that the router will deliver later. If the router ends
  /// first, the answer is errc::stopped.
  static std::shared_ptr<caf::response_promise>
  guarded_promise(caf::response_promise x);

  router_interface::pointer self;
  std::shared_ptr<node_context> ctx;
  listener_ptr listening; // null if the acceptor has it
  std::string address;
  acceptor_actor acceptor;
  caf::actor_addr actors_reporter; // null without the actor layer
  std::map<std::string, inner_channel_actor> channels;
  sending_log_ptr sending = std::make_shared<sending_log>();
  std::optional<surrogate_limit> surrogates; // channels that we only relay
  bool looking_for_idle = false;
  std::shared_ptr<stall_watch> stalls;
  bool warned_of_no_owner = false;
  std::set<caf::actor_addr> ending; // channels that the router ended
  line_limit lines;
  instant started_at{};
  bool started = false;
  bool stopping = false;
  std::size_t channels_draining = 0; // have not answered `drain`
  caf::error failure;                // empty if a user stopped the node
  std::vector<std::shared_ptr<caf::response_promise>> waiting_for_stop;
  std::map<caf::actor_addr, std::string> children;
};

} // namespace cafmesh
