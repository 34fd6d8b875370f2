#pragma once

#include <functional>
#include <string>

#include "tools/meshctl/session.hpp"

namespace meshctl {

/// Reads a stream of meshd until `on_event` returns false, `--count` events
/// were taken, or Ctrl-C. Events that a slow reader has lost are reported on
/// standard error, or in JSON as a document `lost`.
///
/// `on_event` returns whether it has taken the event.
/// @param count 0: no limit
void read_stream(session& on, const std::string& target, std::uint64_t count,
                 const std::function<bool(const server_event&)>& on_event);

} // namespace meshctl
