#pragma once

#include <functional>
#include <string>

#include "tools/meshctl/session.hpp"

namespace meshctl {

/// Passes the events of a stream to `on_event`, until `on_event` has returned
/// true `count` times or the user presses Ctrl-C. If meshd drops events because
/// this program reads too slowly, their number is printed on standard error, or
/// as a JSON document `lost` if the user asked for JSON.
///
/// @param on_event returns whether the event counts
/// @param count 0: no limit
/// @throws interrupted on Ctrl-C if there is a limit
void read_stream(session& on, const std::string& target, std::uint64_t count,
                 const std::function<bool(const server_event&)>& on_event);

} // namespace meshctl
