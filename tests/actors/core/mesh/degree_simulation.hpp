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

/// A mesh of nodes that discover each other, in virtual time: only the degree
/// control of each, and the connections between them. What a node knows of the
/// others is up to two seconds old. A dial takes half a second.
class degree_simulation {
public:
  /// @param peers how many peers there will be, with the slots 0 to `peers - 1`
  degree_simulation(std::uint64_t seed, slot peers,
                    std::optional<std::size_t> target = 16);

  /// Adds a peer whose user has named another peer; or no peer, if it is first.
  void join(slot who, std::optional<slot> known = std::nullopt);

  /// Makes two peers that have joined connect, one of which the other's user
  /// has named.
  void connect(slot who, slot named);

  /// Adds peers that do not exist: a member says that all of them are connected
  /// to it and to each other.
  void make_up(slot liar, slot first, slot last);

  /// From now on, nobody can dial this peer.
  void hide(slot who) {
    hidden_.insert(who);
  }

  /// Kills peers at the same moment. The others notice it at once.
  void kill(const std::set<slot>& gone);

  void run_for(duration time);

  std::size_t degree(slot who) const {
    return nodes_[who].ties.size();
  }
  std::size_t inbound(slot who) const;
  bool are_connected(slot x, slot y) const {
    return nodes_[x].ties.count(y) != 0;
  }

  /// The greatest distance between two living peers, over peers other than
  /// those in `without`; nullopt if some peers cannot reach others.
  std::optional<std::size_t> diameter(const std::set<slot>& without) const;

  /// All dials, and all connections that were given up.
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
  // The mesh as it was, the newest view last, and how many there were.
  std::vector<mesh_graph> views_;
  std::size_t taken_ = 0;
  bool changed_ = true;
};

} // namespace cafmesh::test
