#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/peer_name.hpp>
#include <cafmesh/published_names.hpp>

namespace meshd {

struct mesh_parts;

/// An element of a message to or from an actor. Only types that JSON can
/// express are allowed.
using basic_value =
  std::variant<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
               std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, float,
               double, std::string>;

/// The actors that peers have published. To be used on the HTTP thread.
class published_actors {
public:
  explicit published_actors(std::shared_ptr<const mesh_parts> parts);
  ~published_actors();
  published_actors(const published_actors&) = delete;
  published_actors& operator=(const published_actors&) = delete;

  /// Begins to follow published names. Returns what is wrong, or an empty text.
  std::string join();

  using key = std::pair<std::string, cafmesh::peer_name>;
  const std::map<key, cafmesh::published_name>& all() const;

  /// Sends a request to the nearest actor with this name. An answer with
  /// anything but basic values is an error.
  void request(const std::string& name, std::vector<basic_value> message,
               std::chrono::milliseconds limit,
               answer<std::vector<basic_value>> then);

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace meshd
