#pragma once

#include <string>

namespace meshd {

/// What a client can do about a problem, by the problem's code. Empty for a
/// code whose problems bring hints of their own.
std::string usual_hint(const std::string& code);

} // namespace meshd
