#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/actor_address.hpp>

/// Reports of dropped messages between actors of different peers. The dropped
/// messages were not requests, so their senders were not told.
namespace cafmesh {

struct dead_letter {
  actor_address to;
  /// The types of the first 16 elements of the message. Empty if the message
  /// was dropped where its content was not available.
  std::vector<std::string> types;
  /// Why the message was dropped: errc::congested, too_large, unknown_type,
  /// no_route, ended, lost, restarted, left, unreachable, malformed or stopped,
  /// or the error of the application's `inspect`. If the reason is restarted,
  /// left or unreachable, the message may have arrived.
  caf::error reason;
};

/// Tells a watcher about the messages that were dropped since the previous
/// report, oldest first. The next report follows when the watcher's handler has
/// returned. If the handler returned a promise, the next report follows when
/// the promise has been delivered.
struct dead_letters {
  std::vector<dead_letter> all;
  /// The number of other dropped messages. Their details were left out because
  /// there were too many at the same time, or because this watcher is too slow.
  std::uint64_t missed = 0;
};

} // namespace cafmesh
