#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include <cafmesh/handles.hpp>

namespace cafmesh::test {

/// What a subscriber was told, a line an event, and what follows from it.
struct event_lines {
  /// Peers by their letters, connections by numbers in order of appearance:
  /// `snapshot a>b b>a`, `joined b`, `left b`, `restarted b 1 2` (UIDs),
  /// `added b out 1`, `established b 1`, `removed b 1 timed_out: …`,
  /// `routes_changed`, `short_ids_changed`.
  std::vector<std::string> lines;
  /// What cannot be: who joins twice, leaves unknown, …
  std::size_t contradictions = 0;

  /// According to the events; the node itself among them.
  std::size_t known_peers() const {
    return peers.size();
  }
  std::size_t open_connections() const {
    return established.size();
  }
  std::string text() const;

  std::set<peer_name> peers;
  std::set<connection_id> added;
  std::set<connection_id> established;
  std::map<connection_id, std::size_t> numbers;
};

event_subscriber_actor spawn_event_writer(caf::actor_system& system,
                                          std::shared_ptr<event_lines> out);

} // namespace cafmesh::test
