#include "tools/meshd/mesh/ended_connections.hpp"

#include <utility>

#include <cafmesh/errc.hpp>

namespace meshd {

void ended_connections::changed(const mesh_event& x,
                                std::chrono::system_clock::time_point now) {
  if (auto added = std::get_if<cafmesh::connection_added>(&x))
    live_[added->id] = added->connection;
  auto removed = std::get_if<cafmesh::connection_removed>(&x);
  if (!removed)
    return;
  cafmesh::connection_summary what;
  what.remote = removed->remote;
  if (auto i = live_.find(removed->id); i != live_.end()) {
    what = std::move(i->second);
    live_.erase(i);
  }
  ended_.push_front({std::move(what), cafmesh::describe(removed->reason), now});
  if (ended_.size() > most)
    ended_.pop_back();
}

} // namespace meshd
