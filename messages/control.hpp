#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// What users tell a node.
namespace cafmesh {

// -- users -> router

/// Begin to accept and to dial. Before it, channels can be joined so that
/// nothing passes them by. A second one is answered with errc::already_started.
struct start_mesh {};

/// Send what was accepted, for no longer than the drain limit, then close
/// everything, free the port, end all actors but the users'. Answered when that
/// is done. Whatever is asked of the node from now on is answered with an error
/// that `is` errc::stopped, and changes nothing.
struct stop_mesh {};

/// Keep connections to these addresses, `host[:port]`, from now on; each is
/// tried at once. All or nothing: errc::bad_address for one that does not
/// parse.
struct connect_to {
  std::vector<std::string> addresses;
  /// Forget those named before.
  bool replace = false;
};

/// No longer keep connections to these addresses, as they were written in
/// `connect_to` or the settings; live ones stay, unknown ones are ignored. All
/// or nothing: errc::bad_address for one that does not parse.
struct forget {
  std::vector<std::string> addresses;
};

/// -> node_description
struct get_node {};

/// Who a node is in this life.
struct node_description {
  peer_name name;
  std::string nickname;
  peer_uid uid{};
  std::string address; ///< `host:port` where it listens
};

} // namespace cafmesh
