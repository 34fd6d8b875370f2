#pragma once

#include <string_view>

namespace meshd {

/// Whether the text is valid UTF-8.
bool is_utf8(std::string_view x);

} // namespace meshd
