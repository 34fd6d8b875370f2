#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meshctl {

/// Reads a time such as `30s`, `500ms`, `2m` or `1h`; a number without a unit
/// is in seconds. The number may have a fraction.
/// @returns nothing if the text is not a time, or is more than a year
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);

/// A time as readable text, such as `1.5 ms`, `12 s` or `3 h 20 min`.
std::string time_text(double seconds);

/// A size in bytes as readable text, such as `17 B` or `1.2 MiB`.
std::string bytes_text(double bytes);

/// A number of things, such as `1 peer` or `3 peers`.
std::string counted(std::size_t number, const std::string& thing);

/// A number with few digits, such as `12.3` or `4567`.
std::string short_number(double x);

} // namespace meshctl
