#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "actors/core/mesh/degree_control.hpp"

namespace cafmesh::test {

/// A mesh of nodes that discover each other, in virtual time. Simulates only
/// their degree control and their connections. A node's knowledge of the others
/// is up to two seconds old, and a dial takes half a second.
class degree_simulation {
public:
  /// @param peers how many peers there will be, with the slots 0 to `peers - 1`
  degree_simulation(std::uint64_t seed, slot peers,
                    std::optional<std::size_t> target = 16);

  /// Adds a peer whose user has named the peer `known`. The first peer is added
  /// without `known`.
  void join(slot who, std::optional<slot> known = std::nullopt);

  /// Connects two peers that have joined. The user of `who` has named the peer
  /// `named`.
  void connect(slot who, slot named);

  /// Adds peers that do not exist. The member `liar` claims that they are all
  /// connected to it and to each other.
  void make_up(slot liar, slot first, slot last);

  /// From now on, nobody can dial this peer.
  void hide(slot who) {
    hidden_.insert(who);
  }

  /// Kills peers at the same moment. The others notice immediately.
  void kill(const std::set<slot>& gone);

  void run_for(duration time);

  std::size_t degree(slot who) const {
    return nodes_[who].ties.size();
  }
  std::size_t inbound(slot who) const;
  bool are_connected(slot x, slot y) const {
    return nodes_[x].ties.count(y) != 0;
  }

  /// The greatest distance between two living peers, on paths that avoid the
  /// peers in `without`; nullopt if some peers cannot reach others.
  std::optional<std::size_t> diameter(const std::set<slot>& without) const;

  /// The number of all dials, and of connections that degree control has given
  /// up.
  std::size_t dials = 0;
  std::size_t given_up = 0;

private:
  struct node {
    std::optional<degree_control> control; // absent if made up or not there
    std::map<slot, tie> ties;
    std::set<slot> dialling;
    std::optional<instant> again;
    instant decided{};
    std::size_t seen = 0; // the view of the last decision
  };

  void tick();
  void finish_dials();
  void decide(slot who);
  void dial_all(slot who, const mesh_graph& view);
  void take_view();
  std::vector<tie> ties_of(slot who) const;
  adjacency report_of(slot who) const;
  std::vector<std::size_t> distances(slot from,
                                     const std::set<slot>& without) const;

  std::mt19937_64 rng_;
  std::optional<std::size_t> target_;
  instant now_{std::chrono::hours{1}};
  std::vector<node> nodes_;
  std::set<slot> made_up_;
  std::set<slot> hidden_;
  std::shared_ptr<const roster> roster_;
  // The latest views of the mesh, the newest last, and the number of all views
  // so far.
  std::vector<mesh_graph> views_;
  std::size_t taken_ = 0;
  bool changed_ = true;
};

} // namespace cafmesh::test
