#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/actor_address.hpp>

/// Messages between actors of different peers that were dropped: they were no
/// requests, so nobody was answered.
namespace cafmesh {

struct dead_letter {
  actor_address to;
  /// The types of the message's elements, the first 16 of them; empty if the
  /// message was dropped where its content is not at hand.
  std::vector<std::string> types;
  /// Why: errc::congested, too_large, unknown_type, no_route, ended, lost,
  /// restarted, left, unreachable, malformed or stopped, or what the
  /// application's `inspect` returned. After restarted, left and unreachable
  /// the message may have arrived.
  caf::error reason;
};

/// actor layer -> watcher: messages that were dropped since the last one,
/// oldest first. The next message follows when the handler of this one has
/// returned or has delivered its promise.
struct dead_letters {
  std::vector<dead_letter> all;
  /// The number of further dropped messages, whose details are left out: they
  /// were dropped too fast, or this watcher is too slow.
  std::uint64_t missed = 0;
};

} // namespace cafmesh
