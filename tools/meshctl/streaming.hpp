#pragma once

#include <functional>
#include <string>

#include "tools/meshctl/session.hpp"

namespace meshctl {

/// Passes the events of a stream to `on_event`, until `count` events were taken
/// or the user presses Ctrl-C. If events were lost because this program reads
/// too slowly, reports so on standard error, or in JSON as a document `lost`.
///
/// @param on_event returns whether the event counts
/// @param count 0: no limit
/// @throws interrupted on Ctrl-C if there is a limit
void read_stream(session& on, const std::string& target, std::uint64_t count,
                 const std::function<bool(const server_event&)>& on_event);

} // namespace meshctl
