#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshd {

bool is_utf8(std::string_view x);

/// The first text in UTF-8 that sorts behind bytes that are none; nothing if
/// there is no such text.
/// @pre `!is_utf8(x)`
std::optional<std::string> text_behind(std::string_view x);

} // namespace meshd
