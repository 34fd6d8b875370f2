#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/events.hpp>
#include <cafmesh/membership.hpp>

namespace meshd {

struct mesh_parts;

using mesh_event =
  std::variant<cafmesh::peer_joined, cafmesh::peer_left,
               cafmesh::peer_restarted, cafmesh::connection_added,
               cafmesh::connection_established, cafmesh::connection_removed,
               cafmesh::routes_changed, cafmesh::gossiper_ended>;

/// Reports the changes in the mesh, in order, on the HTTP thread.
class mesh_events {
public:
  mesh_events(std::shared_ptr<const mesh_parts> parts,
              std::function<void(const mesh_event&)> on_event);
  ~mesh_events();
  mesh_events(const mesh_events&) = delete;
  mesh_events& operator=(const mesh_events&) = delete;

  /// Describes the mesh at one point in the sequence of events. The answer
  /// arrives after all events that it includes and before all others.
  void snapshot(answer<cafmesh::mesh_description> then);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
