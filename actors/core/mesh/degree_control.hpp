#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Our own connection to a peer, as degree control sees it.
enum class tie : std::uint8_t {
  none,
  /// The remote dialled us.
  inbound,
  /// We dialled an address that the user named.
  named,
  /// We dialled an address that discovery found.
  chosen,
};

/// Decides which peers discovery dials, and which of the connections that it
/// made are given up, so that a node of a large mesh keeps a limited number of
/// connections (PROTOCOL.md, "Degree control").
///
/// Each node has favourites: the half of `target` peers that come first in an
/// order of names by a hash with a secret key. It keeps connections to them,
/// and about as many other nodes have it as a favourite. So the mesh is a
/// random graph, whoever came first. A member that answers under many names is
/// a favourite of more. Connections to others are kept until there are too
/// many.
///
/// At rest nothing changes: a node gives up a connection only if it keeps
/// enough others, and never one to a favourite. Has no clock and no sockets.
class degree_control {
public:
  struct options {
    /// 0: no limit. Absent: `usual_target`, in a mesh of many peers.
    std::optional<std::size_t> target;
    std::uint64_t seed = 0;
  };

  static constexpr std::size_t usual_target = 16;
  /// Without a target, the limit holds from the first number of peers on, and
  /// ends below the second.
  static constexpr std::size_t many_peers = 51;
  static constexpr std::size_t few_peers = 40;
  /// The mean time between two dials of a node that has enough connections, and
  /// between two that it gives up. Others have time to hear of a change.
  static constexpr std::chrono::seconds pace{3};
  /// How long a favourite has to answer before the next peer takes its place.
  static constexpr std::chrono::seconds answer_time{15};
  /// How long a peer that did not answer is no favourite. Doubles each time, so
  /// that others get their turn even if most peers do not answer.
  static constexpr std::chrono::minutes pause{10};

  degree_control(peer_name self, options opts);

  struct decision {
    bool limited = false; ///< if false, all peers may be dialled
    std::vector<slot> dial;
    /// A connection to close.
    std::optional<slot> give_up;
    /// When to decide again, if nothing changes before.
    std::optional<instant> again;
  };

  /// @param ties our connections, by slot
  decision decide(const mesh_graph& mesh, const std::vector<tie>& ties,
                  instant now);

  /// To be called if no usable address of a peer is known that is to be
  /// dialled. Then `decide` may choose another one.
  void has_no_address(peer_name who, instant now);

private:
  struct survey;

  bool is_limited(std::size_t peers);
  std::size_t target() const;
  std::size_t least() const;
  std::uint64_t rank(peer_name who) const;
  void fail(peer_name who, instant now);
  bool has_failed(peer_name who, instant now) const;
  void note_failures(survey& x, instant now);
  void find_favourites(survey& x, instant now) const;
  void offer(survey& x, instant now);
  void give_up(survey& x, instant now);
  bool is_superfluous(const survey& x, slot who) const;
  bool is_due(std::optional<instant>& at, instant now);
  std::optional<instant> wake_at(instant now) const;

  options options_;
  std::uint64_t key_; // of the order of names
  std::mt19937_64 rng_;
  bool was_limited_ = false;
  // Favourites that may be dialled and are not connected, and since when.
  std::map<peer_name, instant> offered_;
  struct failure {
    instant until{}; // until then, a favourite only for want of others
    duration pause{};
  };
  std::map<peer_name, failure> failed_;
  std::set<peer_name> chosen_; // peers with such a tie at the last decision
  // Absent if there is nothing to dial, or to give up.
  std::optional<instant> next_dial_;
  std::optional<instant> next_give_up_;
};

} // namespace cafmesh
