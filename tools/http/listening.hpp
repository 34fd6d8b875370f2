#pragma once

#include <optional>
#include <string>

#include "tools/http/connection.hpp"
#include "tools/http/server.hpp"

namespace http {

/// A listening socket and, for a Unix socket, its file.
struct listening_socket {
  int descriptor = -1;
  std::string address; ///< for people
  std::string path;    ///< the file of a Unix socket that we have made
};

/// Opens a listening socket. `server::listen` explains `address` and `mode`.
failure open_listening(const std::string& address, unsigned mode,
                       listening_socket& to);

/// Takes over a descriptor that listens already.
failure adopt_listening(int descriptor, listening_socket& to);

/// Closes a listening socket, and removes the file of a Unix socket.
void close_listening(const listening_socket& x);

/// The addresses of both ends; absent if the connection is broken already. Over
/// a Unix socket, the local one is empty and the remote one names a user.
std::optional<connection_ends> ends_of(int descriptor);

} // namespace http
