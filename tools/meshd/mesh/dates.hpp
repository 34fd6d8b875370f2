#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace meshd {

/// A time as people and JSON write it, in UTC: `2026-01-31T12:00:00Z`.
std::string date_of(std::chrono::system_clock::time_point x);

/// Reads what `date_of` writes, and nothing else.
std::optional<std::chrono::system_clock::time_point>
parse_date(const std::string& text);

} // namespace meshd
