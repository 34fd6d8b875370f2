#include "tests/scenarios/liar.hpp"

#include <algorithm>

// The liar's messages that go round a circle of honest nodes.
namespace cafmesh::test {

void liar::spin_unicasts() {
  spin_messages(false);
}

void liar::spin_broadcasts() {
  spin_messages(true);
}

void liar::spin_messages(bool broadcasts) {
  const auto corners = triangle();
  if (corners.empty())
    return forge_records();
  const auto phantom = spin(corners, broadcasts);
  for (char x : corners)
    queue(*connections_[x], broadcasts ? tag::broadcast : tag::unicast, "chan",
          byte_view{"round " + std::to_string(++spun_) + " "},
          broadcasts ? phantom : named(letter), phantom);
  push_all();
}

/// Finds three honest nodes that are connected to each other, and connects the
/// liar to each.
/// @returns their letters; empty if there are no such nodes or one of them
///          refuses the connection
std::string liar::triangle() {
  auto linked = [this](char x, char y) {
    const auto links = world_.at(x).record_of(world_.at(x)).connections;
    return std::any_of(links.begin(), links.end(),
                       [&](const auto& c) { return c.remote == named(y); });
  };
  std::string found;
  for (char x : honest_)
    for (char y : honest_)
      for (char z : honest_)
        if (x < y && y < z && linked(x, y) && linked(y, z) && linked(z, x)
            && (found.empty() || told_.chance(3)))
          found = told_.chance(2) ? std::string{x, y, z} : std::string{z, y, x};
  for (char x : found)
    if (!connection_to(x))
      return {};
  return found;
}

/// Announces a made-up peer to the three nodes in `corners`, which are
/// connected to each other. Each node is told a different path to the new peer,
/// so that it forwards messages for or from that peer to another of the three.
peer_name liar::spin(const std::string& corners, bool broadcasts) {
  auto phantom = told_.new_phantom(5);
  const auto who = phantom.peer.name;
  auto neighbours = std::set<peer_name>{who};
  for (char x : corners)
    neighbours.insert(named(x));
  const auto own = told_.own_record(neighbours);
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const auto here = corners[i];
    const auto next = corners[(i + 1) % corners.size()];
    const auto lead = broadcasts ? here : next;
    auto lie = phantom;
    lie.connections = {{named(lead), "", true, true}};
    std::vector<peer_record> records{lie, own};
    if (!broadcasts)
      records.push_back(told_.successor(world_.at(here).description(),
                                        named(next), {who, named(here)}));
    queue_records(*connections_[here], records);
  }
  for (char x : corners)
    connections_[x]->put();
  // Lets each node compute its routes from the announcement. A node does so
  // immediately, unless it last did so less than 100 ms ago.
  world_.run();
  return who;
}

} // namespace cafmesh::test
