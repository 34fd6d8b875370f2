#pragma once

#include <optional>
#include <string_view>

#include <cafmesh/bytes.hpp>

/// A message that asks the other end of a connection to send nothing more for a
/// channel, or to go on (PROTOCOL.md, "Holds").
namespace cafmesh::wire {

/// The key and the value of the feature with which a peer says that it
/// understands holds.
constexpr auto* hold_feature = "Holds";
constexpr auto* hold_feature_value = "1";

struct hold {
  bool on = false; ///< true: send nothing more; false: go on
  std::string_view channel;
};

/// Appends the message without its tag byte.
void append_hold(bytes& out, const hold& x);

/// Reads a message without its tag byte.
/// @returns a hold with a view into `payload`; nullopt if it is malformed.
std::optional<hold> read_hold(byte_view payload) noexcept;

} // namespace cafmesh::wire
