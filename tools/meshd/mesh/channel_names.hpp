#pragma once

#include <string>

namespace meshd {

/// The prefix of the names of channels for counters.
constexpr char counter_channels[] = "counters/";
/// The prefix of the names of channels for sets.
constexpr char set_channels[] = "sets/";

/// The channel of pings between nodes.
constexpr char ping_channel[] = "meshd.ping";

/// Whether a channel would be that of a counter or set. A client that joined it
/// would keep this node from having the counter or set of that name.
inline bool is_reserved(const std::string& channel) {
  return channel.rfind(counter_channels, 0) == 0
         || channel.rfind(set_channels, 0) == 0;
}

/// Whether a channel is one of the mesh itself, of the actors, or of meshd, and
/// cannot hold anything else.
inline bool is_used_otherwise(const std::string& channel) {
  return is_reserved(channel) || channel == ping_channel
         || channel == "topology" || channel.rfind("cafmesh/", 0) == 0;
}

} // namespace meshd
