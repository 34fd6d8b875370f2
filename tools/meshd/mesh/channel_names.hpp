#pragma once

#include <string>

namespace meshd {

/// The prefix of the names of channels for counters.
constexpr char counter_channels[] = "counters/";
/// The prefix of the names of channels for sets.
constexpr char set_channels[] = "sets/";

/// The channel of pings between nodes.
constexpr char ping_channel[] = "meshd.ping";

/// Whether the name of a channel is reserved for a counter or set. If a client
/// joined the channel, this node could not use that counter or set.
inline bool is_reserved(const std::string& channel) {
  return channel.rfind(counter_channels, 0) == 0
         || channel.rfind(set_channels, 0) == 0;
}

/// Whether a channel is used by the mesh itself, by the actor layer or by
/// meshd. Clients cannot use these channels.
inline bool is_used_otherwise(const std::string& channel) {
  return is_reserved(channel) || channel == ping_channel
         || channel == "topology" || channel.rfind("cafmesh/", 0) == 0;
}

} // namespace meshd
