#pragma once

#include <string_view>

namespace http {

/// What a client can do about an error that the server itself finds, by the
/// error's code. Empty for other codes.
std::string_view usual_hint(std::string_view code);

} // namespace http
