#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/error.hpp>

namespace cafmesh {

class stream_socket;
using socket_ptr = std::shared_ptr<stream_socket>;

// transport -> owner of a socket, each once for each time it was asked for.
// They say that a call is worth trying, never that it will succeed.

/// A read will find bytes, the end or an error.
struct socket_readable {};

/// A write will take bytes, or fail.
struct socket_writable {};

// transport -> acceptor

/// Somebody waits to be accepted.
struct socket_acceptable {};

// transport -> dialer, one of each pair

struct name_resolved {
  std::vector<std::string> addresses; ///< numeric, at least one
};
struct name_unresolved {
  caf::error why; ///< errc::cannot_resolve
};
struct socket_connected {
  socket_ptr socket;
};
struct connect_failed {
  caf::error why; ///< errc::socket_failed
};

} // namespace cafmesh
