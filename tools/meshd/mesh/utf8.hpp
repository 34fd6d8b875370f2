#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshd {

bool is_utf8(std::string_view x);

/// The first UTF-8 text that sorts after bytes that are not UTF-8; nothing if
/// there is no such text.
/// @pre `!is_utf8(x)`
std::optional<std::string> text_behind(std::string_view x);

} // namespace meshd
