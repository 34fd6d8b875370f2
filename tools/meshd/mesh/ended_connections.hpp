#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "tools/meshd/mesh/mesh_events.hpp"

namespace meshd {

/// A connection of this node that has ended.
struct ended_connection {
  cafmesh::connection_summary what;
  std::string reason;
  std::chrono::system_clock::time_point at;
};

/// The connections that ended last, with the reasons. To be used on the HTTP
/// thread.
class ended_connections {
public:
  static constexpr std::size_t most = 32;

  /// To be called with every event, in order. Events that are not about
  /// connections are ignored.
  void changed(const mesh_event& x, std::chrono::system_clock::time_point now);

  /// The ended connections, the latest first.
  const std::deque<ended_connection>& all() const noexcept {
    return ended_;
  }

private:
  std::map<cafmesh::connection_id, cafmesh::connection_summary> live_;
  std::deque<ended_connection> ended_;
};

} // namespace meshd
