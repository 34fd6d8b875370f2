#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include "ids.hpp"
#include "peer_name.hpp"

namespace cafmesh::crypto {
class secret;
} // namespace cafmesh::crypto

/// What users tell a node, and what its parts tell each other about dialling and
/// about the end.
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

/// Accept these passwords from now on, the first is dialled with; connections
/// that exist stay. errc::bad_setting for none where there were some, and for
/// some where there were none. Never rendered, and for this process alone.
struct set_passwords {
  std::shared_ptr<const std::vector<crypto::secret>> accepted;
};

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

// -- acceptor, dialer, connection -> connection_maker

/// A dial is about to try these hosts, which its target's name stands for.
struct attempt_resolved {
  std::string target;
  std::vector<std::string> hosts;
};

/// The dial failed; there is no connection.
struct attempt_failed {
  std::string target;
  caf::error why;
};

// -- connection -> acceptor

/// The remote has proved itself: it no longer counts as a stranger.
struct stranger_accepted {
  connection_id id;
};

// -- the end: router -> the others, in this order

/// -> acceptor, connection_maker: accept and dial no more.
struct refuse_connections {};

/// -> gossip_channel -> gossip_sender: answered when the connections have taken
/// all that had been asked for by now.
struct drain {};

/// -> acceptor, connection_maker -> connection: take no more, write what there
/// is, then close.
struct finish_connections {};

} // namespace cafmesh
