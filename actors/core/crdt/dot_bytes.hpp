#pragma once

#include <string>
#include <string_view>

#include "actors/core/crdt/big_endian.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/set_dot.hpp>

/// Dots of an `observed_remove_set` as bytes. The bytes sort like the dots.
namespace cafmesh {

inline void append_dot(bytes& out, set_dot x) {
  append_u64(out, value_of(x.who));
  append_u64(out, x.number);
}

inline std::string key_of(set_dot x) {
  bytes result;
  append_dot(result, x);
  return {result.begin(), result.end()};
}

/// The dot that a key begins with. A key that is too short counts as if zeros
/// followed.
inline set_dot dot_of(std::string_view key) noexcept {
  return {peer_uid{u64_at(byte_view{key}, 0)}, u64_at(byte_view{key}, 8)};
}

} // namespace cafmesh
