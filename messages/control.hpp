#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// Commands that users send to a router, the actor that stands for a node. The
/// requests that carry handles or passwords (`join_channel`, `subscribe` and
/// `set_passwords`) are in actors/handles.hpp. After `stop_mesh`, the router
/// still answers `get_node`, `get_topology` and another `stop_mesh` until the
/// node has ended. Any other command after `stop_mesh`, and every command after
/// the end of the node, changes nothing and is answered with an error for which
/// `is(why, errc::stopped)` is true.
namespace cafmesh {

/// Start accepting and dialling connections. Channels that were joined before
/// miss no message. A second `start_mesh` is answered with
/// errc::already_started.
struct start_mesh {};

/// Send the messages that wait for neighbours, for up to
/// `settings::drain_limit`. Then close all connections, free the port, and end
/// the node's actors and its overlay. Gossipers and subscribers keep running.
/// The answer comes at the end.
struct stop_mesh {};

/// Keep connections to these addresses, `host[:port]`. Dials each address
/// immediately, even after earlier failures, unless a limit is reached. If an
/// address does not parse, nothing changes and the answer is errc::bad_address.
/// See PROTOCOL.md, "Connection maker".
struct connect_to {
  std::vector<std::string> addresses;
  /// Whether to forget all addresses that were given earlier.
  bool replace = false;
};

/// Stop keeping connections to these addresses, written as in `connect_to`, the
/// settings or the status. Live connections stay. Addresses that come from no
/// user or setting are ignored. If an address does not parse, nothing changes
/// and the answer is errc::bad_address.
struct forget {
  std::vector<std::string> addresses;
};

/// The answer is a node_description.
struct get_node {};

/// The identity of a node and its address.
struct node_description {
  peer_name name;
  std::string nickname;
  peer_uid uid{};      ///< random; new at each start of the node
  std::string address; ///< the `ip:port` that the node listens on
};

} // namespace cafmesh
