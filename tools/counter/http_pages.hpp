#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <caf/expected.hpp>
#include <httplib.h>

#include <cafmesh/membership.hpp>

namespace counter {

/// Supplies the contents of the pages. Several threads may call it at the same
/// time.
class page_source {
public:
  virtual ~page_source();

  virtual caf::expected<std::int64_t> count() = 0;
  /// Adds one and returns the new count.
  virtual caf::expected<std::int64_t> increment() = 0;
  virtual caf::expected<cafmesh::mesh_description> mesh() = 0;
};

/// The pages: `GET /` -> `get => N`, `POST /` -> `incr => N`, `GET /peers` ->
/// the peers that this node knows, as JSON in the shape of the Go library's
/// `Peers`. If the source returns an error, the answer has status 503 and gives
/// the reason.
class http_pages : public httplib::Server {
public:
  /// @param source must outlive this object
  explicit http_pages(page_source& source);

  /// Returns the answers to a client that sends `requests` on one connection
  /// and then closes its end. They are the same as over a socket.
  std::string answer(std::string_view requests);
};

} // namespace counter
