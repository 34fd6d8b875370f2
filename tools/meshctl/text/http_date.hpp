#pragma once

#include <optional>
#include <string>

namespace meshctl {

/// Converts the header `Date`, such as `Sun, 06 Nov 1994 08:49:37 GMT`, to
/// seconds since 1970.
std::optional<double> parse_http_date(const std::string& text);

} // namespace meshctl
