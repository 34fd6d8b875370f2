#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshctl {

/// Percent-encodes a part of a path or a query.
/// @param kept characters that stay as they are, in addition to letters, digits
///        and `-._~`
std::string percent_encoded(std::string_view text, std::string_view kept = {});

std::string to_base64(std::string_view bytes);

/// Decodes base64.
/// @returns nothing if the text is not base64 with padding
std::optional<std::string> from_base64(std::string_view text);

} // namespace meshctl
