#pragma once

#include <cstdint>
#include <functional>

#include <caf/expected.hpp>

#include "tools/http/router.hpp"
#include <cafmesh/membership.hpp>

/// The pages that the counter serves over HTTP.
namespace counter {

/// Supplies the contents of the pages. Any thread may call it. Each function
/// calls `f` once, immediately or later, on any thread.
class page_source {
public:
  using number_taker = std::function<void(const caf::expected<std::int64_t>&)>;
  using mesh_taker =
    std::function<void(const caf::expected<cafmesh::mesh_description>&)>;

  virtual ~page_source();

  virtual void count(number_taker f) = 0;
  /// Adds one to the count and passes the new count to `f`.
  virtual void increment(number_taker f) = 0;
  virtual void mesh(mesh_taker f) = 0;
};

/// Adds the pages: `GET /` answers `get => N`, `POST /` answers `incr => N`,
/// and `GET /peers` lists the peers that this node knows, in the JSON format of
/// the Go library's `Peers`. If the source passes an error, the answer has
/// status 503 and gives the reason.
/// @param source must outlive the server
void add_pages(http::router& to, page_source& source);

} // namespace counter
