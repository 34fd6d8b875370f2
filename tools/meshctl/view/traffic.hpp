#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// The rates of traffic between two answers to `/v1/connections`. They are 0
/// for a new connection, and if `before` is null.
/// @param order the field to sort by, largest first: `in`, `out`, `waiting` or
///        `silent`
json traffic_document(const json& before, const json& now, double seconds,
                      const std::string& order);

std::string render_traffic(const json& document, const screen& to);

/// Renders the sums of the rates as one line, for a log.
std::string render_traffic_line(const json& document);

} // namespace meshctl
