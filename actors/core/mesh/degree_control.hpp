#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "actors/core/addresses/ip_address.hpp"
#include "actors/core/limits/token_bucket.hpp"
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
/// Each node has favourites, half as many as its `target`. The first few of
/// them are those to which it has had connections for longest; the others come
/// first in an order of names by a hash with a secret key. It keeps connections
/// to them, and is itself a favourite of about as many other nodes. So the mesh
/// is a random graph, in whatever order the nodes came. Only few favourites may
/// have the same address. Connections to others are kept until there are too
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
  /// Without a target, the limit holds from the first number of peers on. It
  /// ends once there have been fewer than the second for `few_time`, because
  /// any member can make up peers and forget them.
  static constexpr std::size_t many_peers = 51;
  static constexpr std::size_t few_peers = 40;
  static constexpr std::chrono::minutes few_time{60};
  /// Without a target, only favourites are dialled for this time after the
  /// mesh has grown. Otherwise a node that starts in a large mesh would dial
  /// all of which it hears first.
  static constexpr std::chrono::seconds growth_time{5};
  /// The mean time between two dials of a node that has enough connections, and
  /// between two that it gives up. Others have time to hear of a change.
  static constexpr std::chrono::seconds pace{3};
  /// The same while a node gives up connections and has more than three
  /// times its target, as after a start at which it first heard of few peers.
  static constexpr std::chrono::seconds short_pace{1};
  /// How long a favourite has to answer before it has failed. If it has not
  /// answered after the first of these times, the next peers are dialled, too.
  static constexpr std::chrono::seconds late_time{2};
  static constexpr std::chrono::seconds answer_time{15};
  /// How long a peer that has failed is no favourite. Doubles each time, so
  /// that others get their turn even if most peers do not answer.
  static constexpr std::chrono::minutes pause{10};
  /// Peers at another address are looked for among the first in the order, this
  /// many times as many as there are favourites. Otherwise the few at other
  /// addresses would be favourites of all nodes.
  static constexpr std::size_t considered = 4;

  degree_control(peer_name self, options opts);

  struct decision {
    bool limited = false; ///< if false, all peers may be dialled
    bool holds = false;   ///< limited for longer than the mesh grows
    std::vector<slot> dial;
    /// A connection to close.
    std::optional<slot> give_up;
    /// When to decide again, if nothing changes before.
    std::optional<instant> again;
  };

  /// Returns the addresses of these peers; loopback or `{}` for those whose
  /// address does not matter or is not known.
  using addresses_of =
    std::function<std::vector<ip_address>(const std::vector<slot>&)>;

  /// @param ties our connections, by slot
  /// @param addresses if empty, addresses do not matter
  decision decide(const mesh_graph& mesh, const std::vector<tie>& ties,
                  instant now, const addresses_of& addresses = {});

  /// To be called while a peer that `decide` has named is dialled, or has been.
  /// Until then it has not failed.
  void is_dialled(peer_name who, instant now);

  /// To be called if no usable address is known of a peer that is to be
  /// dialled. Then `decide` may choose another one.
  void has_no_address(peer_name who, instant now);

private:
  struct survey;
  struct candidate;

  bool is_limited(std::size_t peers, instant now);
  bool grows(instant now) const;
  void forget_everything();
  std::size_t target() const;
  std::size_t least() const;
  std::size_t few() const;
  std::uint64_t rank(peer_name who) const;
  void fail(peer_name who, instant now);
  bool has_failed(peer_name who, instant now) const;
  bool is_late(peer_name who, instant now) const;
  void note_ties(survey& x, instant now);
  void note_failures(survey& x, instant now);
  std::vector<slot> anchors(const survey& x) const;
  std::vector<candidate> candidates(const survey& x, instant now) const;
  void mark_crowds(const survey& x, std::vector<candidate>& all) const;
  void find_addresses(survey& x, const std::vector<candidate>& all,
                      std::size_t first);
  bool is_free(survey& x, slot who) const;
  void find_favourites(survey& x, instant now);
  void offer(survey& x, instant now);
  bool may_dial_more(instant now);
  void give_up(survey& x, instant now);
  bool is_superfluous(const survey& x, slot who) const;
  bool is_due(std::optional<instant>& at, duration mean, instant now);
  std::optional<instant> wake_at(instant now) const;

  options options_;
  std::uint64_t key_; // of the order of names
  std::mt19937_64 rng_;
  // Without a target, the end of the limit; absent if there is none.
  std::optional<instant> limited_until_;
  bool are_few_ = false;
  std::size_t peers_ = 0; // at the last decision
  bool decided_ = false;
  std::optional<instant> grows_until_;
  // Peers that may be dialled and are not connected, and since when they have
  // been dialled.
  std::map<peer_name, std::optional<instant>> offered_;
  struct failure {
    instant until{}; // until then, a favourite only for want of others
    duration pause{};
  };
  std::map<peer_name, failure> failed_;
  std::map<peer_name, instant> chosen_; // such ties, and since when
  std::map<peer_name, ip_address> addresses_;
  // Limits the dials beyond `least()` at a time.
  std::optional<token_bucket> more_;
  // Absent if there is nothing to dial, or to give up.
  std::optional<instant> next_dial_;
  std::optional<instant> next_give_up_;
  std::size_t turn_ = 0; // where the checks for paths begin
};

} // namespace cafmesh
