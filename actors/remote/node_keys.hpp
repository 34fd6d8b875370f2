#pragma once

#include <algorithm>

#include <caf/node_id.hpp>

#include "actors/core/remote/bodies.hpp"

namespace cafmesh {

/// Converts a node ID to the form in which frames carry it.
/// @pre `has_key(x)`
inline remote::node_key key_of(const caf::node_id& x) {
  const auto& data = static_cast<const caf::node_id::default_data&>(*x);
  remote::node_key result{};
  for (std::size_t i = 0; i < 4; ++i)
    result[i] = static_cast<std::uint8_t>(data.process_id() >> (24 - 8 * i));
  auto host = data.host_id();
  std::copy(host.begin(), host.end(), result.begin() + 4);
  return result;
}

inline caf::node_id node_of(const remote::node_key& x) {
  std::uint32_t process = 0;
  for (std::size_t i = 0; i < 4; ++i)
    process = process << 8 | x[i];
  caf::node_id::default_data::host_id_type host;
  std::copy(x.begin() + 4, x.end(), host.begin());
  return caf::make_node_id(process, host);
}

/// Whether frames can carry this node ID. This needs a process ID and a host
/// ID, as in the node IDs that `add_options` gives to systems.
inline bool has_key(const caf::node_id& x) {
  return x && x->valid()
         && x->implementation_id() == caf::node_id::default_data::class_id;
}

} // namespace cafmesh
