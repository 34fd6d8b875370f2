#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "actors/core/mesh/degree_control.hpp"

/// Only `degree_control*.cpp` include this file.
namespace cafmesh {

/// The input, state and result of one decision.
struct degree_control::survey {
  const mesh_graph& mesh;
  const std::vector<tie>& ties;
  const addresses_of& addresses;
  std::vector<std::uint8_t> reached;
  std::vector<slot> favourites; // in the order in which they are dialled
  std::size_t wanted = 0;       // the number of favourites to choose
  std::size_t kept = 0;         // connections that count towards `least()`
  std::size_t late = 0;         // peers that have not answered yet
  decision out;

  static constexpr slot nobody = 0xffff'ffffu;

  peer_name name(slot who) const {
    return mesh.peers->names[mesh.peers->ranks[who]];
  }
  slot find(peer_name who) const {
    const auto& names = mesh.peers->names;
    auto i = std::lower_bound(names.begin(), names.end(), who);
    if (i == names.end() || *i != who)
      return nobody;
    return mesh.peers->slots[static_cast<std::size_t>(i - names.begin())];
  }
  bool is_favourite(slot who) const {
    return std::find(favourites.begin(), favourites.end(), who)
           != favourites.end();
  }
  bool can_be_dialled(peer_name x) const {
    auto who = find(x);
    return who != nobody && reached[who] != 0 && ties[who] == tie::none;
  }
};

struct degree_control::candidate {
  bool has_failed;
  /// Whether enough other candidates behind the same peer come first.
  bool is_crowded;
  std::uint64_t rank;
  slot who;
};

} // namespace cafmesh
