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

/// How a connection to a peer came about.
enum class tie : std::uint8_t {
  none,
  /// The remote dialled us.
  inbound,
  /// We dialled an address that the user named.
  named,
  /// We dialled an address that discovery found.
  chosen,
};

/// Decides which peers discovery dials, and which of its connections are given
/// up, so that a node of a large mesh has a limited number of connections
/// (PROTOCOL.md, "Degree control").
///
/// Each node has favourites, half as many as its `target`, and keeps its
/// connections to them. The first few favourites are the peers that have been
/// connected for longest. The rest are the first peers in an order by a secret
/// hash of their names. Each node is a favourite of about as many other nodes,
/// so the mesh is a random graph, regardless of the order in which the nodes
/// came. Only few favourites may have the same address. Connections to other
/// peers are kept until there are too many.
///
/// A node gives up a connection only if it keeps enough others, and never gives
/// up a favourite. So nothing changes in a stable mesh. Has no clock and no
/// sockets.
class degree_control {
public:
  struct options {
    /// 0 means no limit. If absent, `usual_target` is used in a mesh of many
    /// peers.
    std::optional<std::size_t> target;
    std::uint64_t seed = 0;
  };

  static constexpr std::size_t usual_target = 16;
  /// If `target` is absent, the limit starts at `many_peers` peers. It ends
  /// once there have been fewer than `few_peers` for `few_time`. This time is
  /// long because any member can make up peers and forget them.
  static constexpr std::size_t many_peers = 51;
  static constexpr std::size_t few_peers = 40;
  static constexpr std::chrono::minutes few_time{60};
  /// If `target` is absent, only favourites are dialled for this time after the
  /// mesh has grown. Otherwise a node that starts in a large mesh would dial
  /// all peers that it hears of first.
  static constexpr std::chrono::seconds growth_time{5};
  /// The mean time between two dials of a node with enough connections, and
  /// between two connections that it gives up. The pause lets other nodes hear
  /// of each change.
  static constexpr std::chrono::seconds pace{3};
  /// Used instead of `pace` to give up connections while a node has more than
  /// three times its target, for example because it first heard of few peers.
  static constexpr std::chrono::seconds short_pace{1};
  /// If a favourite has not answered after `late_time`, further peers are
  /// dialled, too. After `answer_time`, the favourite has failed.
  static constexpr std::chrono::seconds late_time{2};
  static constexpr std::chrono::seconds answer_time{15};
  /// How long a peer that has failed is not a favourite. The time doubles with
  /// each failure, so that other peers get their turn even if most peers do not
  /// answer.
  static constexpr std::chrono::minutes pause{10};
  /// For each favourite that is needed, this many of the first peers in the
  /// order are considered. If all peers were considered, the few at other
  /// addresses would be favourites of all nodes.
  static constexpr std::size_t considered = 4;

  degree_control(peer_name self, options opts);

  struct decision {
    bool limited = false; ///< if false, all peers may be dialled
    bool holds = false;   ///< limited, and not only while the mesh grows
    std::vector<slot> dial;
    std::optional<slot> give_up;
    /// When to decide again if nothing changes before then.
    std::optional<instant> again;
  };

  /// Returns the addresses of these peers, `{}` for unknown ones. Any number of
  /// favourites may have a loopback or unknown address.
  using addresses_of =
    std::function<std::vector<ip_address>(const std::vector<slot>&)>;

  /// @param ties our connections, by slot
  /// @param addresses if empty, addresses are ignored
  decision decide(const mesh_graph& mesh, const std::vector<tie>& ties,
                  instant now, const addresses_of& addresses = {});

  /// To be called when a peer that `decide` has named is dialled. May be called
  /// again. From the first call on, the peer has `answer_time` to answer.
  void is_dialled(peer_name who, instant now);

  /// To be called if a peer that `decide` has named has no usable address. The
  /// next `decide` may choose another peer.
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
  std::uint64_t key_; // orders names
  std::mt19937_64 rng_;
  // If `target` is absent, the end of the limit; nullopt if there is no limit.
  std::optional<instant> limited_until_;
  bool are_few_ = false;
  std::size_t peers_ = 0; // at the last decision
  bool decided_ = false;
  std::optional<instant> grows_until_;
  // Peers that may be dialled and are not connected, with the time of the first
  // dial.
  std::map<peer_name, std::optional<instant>> offered_;
  struct failure {
    instant until{}; // until then, a last resort
    duration pause{};
  };
  std::map<peer_name, failure> failed_;
  std::map<peer_name, instant> chosen_; // `tie::chosen`, and since when
  std::map<peer_name, ip_address> addresses_;
  // Limits the rate of dials beyond `least()`.
  std::optional<token_bucket> more_;
  // Absent if nothing is to be dialled, or given up.
  std::optional<instant> next_dial_;
  std::optional<instant> next_give_up_;
  std::size_t turn_ = 0; // where the path checks begin
};

} // namespace cafmesh
