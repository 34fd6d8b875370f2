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

/// The events that a subscriber received, as one line per event, and the state
/// that follows from them.
struct event_lines {
  /// The lines, in which peers are letters and connections are numbers in order
  /// of appearance: `snapshot a>b b>a`, `joined b`, `left b`, `restarted b 1 2`
  /// (UIDs), `added b out 1`, `established b 1`, `removed b 1 timed_out: …`,
  /// `routes_changed`, `short_ids_changed`, `gossiper_ended chan exit(…)`.
  std::vector<std::string> lines;
  /// The number of impossible events, such as a peer that joins twice or an
  /// unknown peer that leaves.
  std::size_t contradictions = 0;

  /// The number of peers according to the events, including the node itself.
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
