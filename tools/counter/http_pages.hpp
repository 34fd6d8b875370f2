#pragma once

#include <cstdint>
#include <functional>

#include <caf/expected.hpp>

#include "tools/http/router.hpp"
#include <cafmesh/membership.hpp>

namespace counter {

/// Supplies the contents of the pages. Several threads may call it at the same
/// time. Each member calls its argument once, at once or later, on any thread.
class page_source {
public:
  using number_taker = std::function<void(const caf::expected<std::int64_t>&)>;
  using mesh_taker =
    std::function<void(const caf::expected<cafmesh::mesh_description>&)>;

  virtual ~page_source();

  virtual void count(number_taker f) = 0;
  /// Adds one and passes the new count.
  virtual void increment(number_taker f) = 0;
  virtual void mesh(mesh_taker f) = 0;
};

/// Adds the pages: `GET /` -> `get => N`, `POST /` -> `incr => N`,
/// `GET /peers` -> the peers that this node knows, as JSON in the shape of the
/// Go library's `Peers`. If the source passes an error, the answer has status
/// 503 and gives the reason.
/// @param source must outlive the server
void add_pages(http::router& to, page_source& source);

} // namespace counter
