#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>

#include "actors/context/channel_parts.hpp"
#include "actors/context/current_passwords.hpp"
#include "actors/context/dialling_parts.hpp"
#include "actors/context/node_parts.hpp"
#include "actors/context/random_number.hpp"
#include "actors/context/relay_budgets.hpp"
#include "actors/context/seen_gossip.hpp"
#include "actors/context/unfinished_frames.hpp"
#include "actors/core/limits/unauthenticated_quota.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "crypto/handshake/handshake.hpp"
#include <cafmesh/log.hpp>
#include <cafmesh/overlay.hpp>
#include <cafmesh/settings.hpp>
#include <cafmesh/transport.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh {

/// Data that all actors of one node share. The router fills it in before any
/// other actor needs it. After that, only `passwords`, `parts`, `budgets`,
/// `seen`, `held_by_strangers`, `frames` and `neighbours` change. These may be
/// used from any thread.
struct node_context {
  settings config; // `port` is the port that was bound
  /// The port to dial if an address has none.
  std::uint16_t default_port = settings{}.port;
  local_identity self;
  std::shared_ptr<current_passwords> passwords;
  std::shared_ptr<node_parts> parts;
  std::shared_ptr<relay_budgets> budgets = std::make_shared<relay_budgets>();
  std::shared_ptr<seen_gossip> seen;
  transport_ptr sockets;
  log_sink_ptr log;
  overlay_actor overlay; // null without an overlay
  topology_actor topology;
  connection_maker_actor maker;
  inner_router_actor router;
  mutable unauthenticated_quota held_by_strangers;
  mutable unfinished_frames frames;
  /// The number of admitted connections.
  mutable std::atomic<std::size_t> neighbours{0};

  void write(log_level level, const std::string& text) const {
    log->write(level, text);
  }

  /// A seed for random numbers. If `settings::seed` is present, the result is
  /// derived from that seed and from `who`; if not, it is random.
  /// @param who a different number for each use within a node
  std::uint64_t draw_seed(std::uint64_t who) const {
    if (config.seed)
      return *config.seed * 0x9e37'79b9'7f4a'7c15u + who;
    return random_number();
  }

  /// Returns a different seed at each call. If `settings::seed` is set, the
  /// result depends only on that seed and on the number of earlier calls, not
  /// on other nodes of the process.
  std::uint64_t draw_next_seed() const {
    return std::mt19937_64{draw_seed(first_of_many + ++drawn_)}();
  }

private:
  static constexpr std::uint64_t first_of_many = std::uint64_t{1} << 32;

  mutable std::atomic<std::uint64_t> drawn_{0};
};

using context_ptr = std::shared_ptr<const node_context>;

} // namespace cafmesh
