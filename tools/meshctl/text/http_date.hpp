#pragma once

#include <optional>
#include <string>

namespace meshctl {

/// The seconds since 1970 of a header `Date`, such as
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<double> parse_http_date(const std::string& text);

} // namespace meshctl
