#include "tests/interop/mesh_peer.hpp"

#include <algorithm>

namespace cafmesh::test {

mesh_peer::json mesh_peer::wait_for_blob(const std::string& event,
                                         std::size_t size, std::uint64_t seed,
                                         milliseconds timeout) {
  const auto expected = digest(test_blob(size, seed));
  return wait_for(
    [&](const json& e) {
      return e.at("event") == event && e.at("size") == size
             && e.at("fnv") == expected;
    },
    timeout);
}

bool mesh_peer::log_contains(const std::string& text) const {
  const auto lines = log();
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(text) != std::string::npos;
  });
}

bool mesh_peer::is_connected_to(const std::string& other) {
  const auto us = knows(name());
  return us
         && std::any_of(
           us->connections.begin(), us->connections.end(),
           [&](const auto& c) { return c.name == other && c.established; });
}

std::optional<peer_view> mesh_peer::knows(const std::string& other) {
  for (auto& p : peers())
    if (p.name == other)
      return std::move(p);
  return std::nullopt;
}

} // namespace cafmesh::test
