#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tools/meshd/mesh/problem.hpp"

namespace meshd {

struct mesh_parts;

/// Counters of the mesh, by name; each is a channel `counters/NAME`. To be used
/// on the HTTP loop.
class counters {
public:
  counters(std::shared_ptr<const mesh_parts> parts, std::size_t most);
  ~counters();
  counters(const counters&) = delete;
  counters& operator=(const counters&) = delete;

  /// Whether this node has a replica of the counter.
  bool holds(const std::string& name) const;
  std::size_t size() const;
  /// Makes a replica if there is none.
  void get(const std::string& name, answer<std::int64_t> then);
  void add(const std::string& name, std::uint64_t by,
           answer<std::int64_t> then);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
