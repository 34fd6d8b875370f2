#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Rates between two answers of `/v1/connections`. Without an earlier answer
/// they are 0, also for a connection that is new.
/// @param order the field to sort by, largest first: `in`, `out`, `waiting` or
///              `silent`
json traffic_document(const json& before, const json& now, double seconds,
                      const std::string& order);

/// A table, for a terminal.
std::string render_traffic(const json& document, const screen& to);

/// One line with the sums, for a log.
std::string render_traffic_line(const json& document);

} // namespace meshctl
