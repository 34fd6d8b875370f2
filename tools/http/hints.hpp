#pragma once

#include <string_view>

namespace http {

/// Advice for a client about an error that the server itself reports, by the
/// error's code. Empty for other codes.
std::string_view usual_hint(std::string_view code);

} // namespace http
