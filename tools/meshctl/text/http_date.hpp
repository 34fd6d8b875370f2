#pragma once

#include <optional>
#include <string>

namespace meshctl {

/// Converts the value of a `Date` header to seconds since 1970. An example is
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<double> parse_http_date(const std::string& text);

} // namespace meshctl
