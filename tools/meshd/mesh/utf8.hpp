#pragma once

#include <string_view>

namespace meshd {

bool is_utf8(std::string_view x);

} // namespace meshd
