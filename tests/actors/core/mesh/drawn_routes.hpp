#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/core/mesh/routes.hpp"

/// Routes of meshes that tests draw, with peers named by letters.
namespace cafmesh::test::drawn {

inline peer_name name_of(char letter) {
  return peer_name::from_number(static_cast<std::uint64_t>(letter));
}

inline std::string letters(const std::vector<peer_name>& names) {
  std::string result;
  for (auto x : names)
    result += static_cast<char>(x.number());
  std::sort(result.begin(), result.end());
  return result;
}

struct drawn_link {
  char from;
  char to;
  bool established;
};

/// Parses connections. Both ends report `A-B`, as established. Both ends report
/// `A~B`, but not as established. Only A reports `A>B`, also not as
/// established.
inline std::vector<drawn_link> parse(const std::vector<std::string>& drawn) {
  std::vector<drawn_link> result;
  for (auto& x : drawn) {
    result.push_back({x[0], x[2], x[1] == '-'});
    if (x[1] != '>')
      result.push_back({x[2], x[0], x[1] == '-'});
  }
  return result;
}

/// The routes of `self` in a mesh of the peers from A to `last`. Their slots
/// are in the opposite order, so that a test notices if names and slots are
/// confused.
inline routes seen_by(char self, char last, std::vector<drawn_link> links,
                      route_scope r = route_scope::all) {
  auto slot_of = [last](char x) {
    return static_cast<slot>(last - x);
  };
  std::sort(links.begin(), links.end(),
            [](const drawn_link& x, const drawn_link& y) {
              return std::tie(x.from, x.to) < std::tie(y.from, y.to);
            });
  auto size = static_cast<std::size_t>(last - 'A' + 1);
  auto all = std::make_shared<roster>();
  all->ranks.resize(size);
  mesh_graph g;
  g.connections.resize(size);
  for (char x = 'A'; x <= last; ++x) {
    all->ranks[slot_of(x)] = static_cast<std::uint32_t>(all->names.size());
    all->names.push_back(name_of(x));
    all->slots.push_back(slot_of(x));
    edge_list says;
    for (auto& l : links)
      if (l.from == x)
        says.append(slot_of(l.to), true, l.established);
    g.connections[slot_of(x)] = says;
  }
  g.self = slot_of(self);
  g.peers = std::move(all);
  return routes{1, std::move(g), r};
}

inline routes seen_by(char self, char last,
                      const std::vector<std::string>& drawn) {
  return seen_by(self, last, parse(drawn));
}

/// The next hop to each peer, from A on; `.` if there is none.
inline std::string hops(const routes& x) {
  std::string result;
  for (auto name : x.names()) {
    auto hop = x.next_hop(name);
    result += hop ? static_cast<char>(hop->number()) : '.';
  }
  return result;
}

inline std::string targets(const routes& x, char source) {
  return letters(x.broadcast_targets(name_of(source)));
}

/// Makes a random mesh in which both ends report each link.
inline std::vector<drawn_link> random_links(char last, std::mt19937_64& rng) {
  auto density = std::uniform_int_distribution<int>{10, 90}(rng);
  std::uniform_int_distribution<int> percent{0, 99};
  std::vector<drawn_link> result;
  for (char x = 'A'; x <= last; ++x)
    for (char y = 'A'; y < x; ++y) {
      if (percent(rng) >= density)
        continue;
      auto established = percent(rng) < 70;
      result.push_back({x, y, established});
      result.push_back({y, x, established});
    }
  return result;
}

} // namespace cafmesh::test::drawn
