#pragma once

#include <cstddef>
#include <string>

#include "actors/context/node_context.hpp"
#include "actors/core/limits/log_budget.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// What the topology logs of other peers. Each kind of line has a budget, since
/// remotes cause them.
class mesh_log {
public:
  explicit mesh_log(context_ptr ctx) : ctx_(std::move(ctx)) {
  }

  /// @param what happened to the peer, for example `is known now`.
  void peer(const peer_summary& peer, const char* what, instant now);
  void impersonated(instant now);
  /// @param remote_address of the refused one.
  void twins(peer_name name, const std::string& remote_address, instant now);
  void refused_records(std::size_t count, instant now);

private:
  void count_of_left_out(instant now);

  context_ptr ctx_;
  // Enough for the start of a large mesh.
  log_budget peers_{200, std::chrono::milliseconds{100}};
  log_budget left_out_{1, std::chrono::seconds{1}};
  log_budget impersonated_{1, std::chrono::minutes{1}};
  log_budget twins_{1, std::chrono::minutes{1}};
  log_budget refused_{1, std::chrono::minutes{1}};
  std::size_t refused_records_ = 0;
};

} // namespace cafmesh
