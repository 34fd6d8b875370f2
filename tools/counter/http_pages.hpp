#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <caf/expected.hpp>
#include <httplib.h>

#include <cafmesh/membership.hpp>

namespace counter {

/// Supplies the contents of the pages. Several threads call it at once.
class page_source {
public:
  virtual ~page_source();

  virtual caf::expected<std::int64_t> count() = 0;
  /// Adds one and returns the new count.
  virtual caf::expected<std::int64_t> increment() = 0;
  virtual caf::expected<cafmesh::mesh_description> mesh() = 0;
};

/// `GET /` -> `get => N`, `POST /` -> `incr => N`, `GET /peers` -> the peers
/// that this node knows, as JSON in the shape of the Go library's `Peers`; 503
/// with the reason if the source returns an error.
class http_pages : public httplib::Server {
public:
  /// @param source must outlive this
  explicit http_pages(page_source& source);

  /// The answers to a client that sends `requests` on one connection and then
  /// closes its end, the same as over a socket.
  std::string answer(std::string_view requests);
};

} // namespace counter
