#pragma once

#include <cstddef>
#include <utility>

#include <cafmesh/peer_name.hpp>

namespace cafmesh::replication {

/// The maximum numbers of peers that are sent parts of the value at the same
/// time. The first is for peers whose questions come through the same
/// neighbour, the second for neighbours that ask for themselves, and the third
/// for all other peers.
constexpr std::size_t most_answers = 16;
constexpr std::size_t most_answers_to_neighbours = 128;
constexpr std::size_t most_answers_to_others = 64;

/// A peer that asks for items, and the neighbour that forwarded its question. A
/// neighbour can forge the name of the peer, so each neighbour has its own
/// limits.
struct asker {
  peer_name neighbour;
  peer_name who;

  bool is_neighbour() const noexcept {
    return neighbour == who;
  }

  friend bool operator<(const asker& x, const asker& y) noexcept {
    return x.neighbour != y.neighbour ? x.neighbour < y.neighbour
                                      : x.who < y.who;
  }
  friend bool operator==(const asker& x, const asker& y) noexcept {
    return x.neighbour == y.neighbour && x.who == y.who;
  }
};

inline const asker& asker_of(const asker& x) noexcept {
  return x;
}

template <class T>
const asker& asker_of(const std::pair<const asker, T>& x) noexcept {
  return x.first;
}

/// Whether one more answer may begin.
/// @param open a container with the askers that are being answered, or a map
///        whose keys are these askers
template <class Answers>
bool has_room_for(const asker& who, const Answers& open) {
  std::size_t of_neighbour = 0, of_kind = 0;
  for (const auto& each : open) {
    const auto& x = asker_of(each);
    of_neighbour += x.neighbour == who.neighbour ? 1 : 0;
    of_kind += x.is_neighbour() == who.is_neighbour() ? 1 : 0;
  }
  return of_neighbour < most_answers
         && of_kind < (who.is_neighbour() ? most_answers_to_neighbours
                                          : most_answers_to_others);
}

} // namespace cafmesh::replication
