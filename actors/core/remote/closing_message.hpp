#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "messages/internal/closing.hpp"
#include <cafmesh/bytes.hpp>

/// The broadcast with which the actor layer of a peer tells all others that
/// remotes have closed its connections. See PROTOCOL.md, "Closing reports".
namespace cafmesh::remote {

/// A message with more closings is malformed.
constexpr std::size_t max_closings = 256;

constexpr std::uint8_t closing_format = 1;

/// @param number differs from those of the sender's earlier messages, so that
///        other peers do not take a repeated message for one that goes round in
///        a loop
/// @pre `all` is not empty, has at most `max_closings` elements, and all its
///      names have one flavour
bytes closing_message(std::uint64_t number, const std::vector<closing>& all);

/// @returns nullopt if the message is malformed
std::optional<std::vector<closing>> read_closing_message(byte_view from,
                                                         name_flavour flavour);

} // namespace cafmesh::remote
