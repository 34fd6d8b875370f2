#pragma once

#include <string>
#include <string_view>

namespace cafmesh {

/// Foreign text made fit for an error or a log line: in single quotes, with
/// backslash, quote and everything outside printable ASCII as `\xNN`, and cut
/// after `limit` bytes, which a trailing `...` shows.
std::string escaped_in_quotes(std::string_view text, std::size_t limit = 100);

/// The same without the quotes, for names that stand in brackets.
std::string escaped(std::string_view text, std::size_t limit = 100);

} // namespace cafmesh
