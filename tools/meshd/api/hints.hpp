#pragma once

#include <string>

namespace meshd {

/// The usual hint for a problem with this code. Empty if problems with this
/// code have hints of their own.
std::string usual_hint(const std::string& code);

} // namespace meshd
