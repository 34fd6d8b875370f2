#pragma once

#include <string>
#include <string_view>

namespace cafmesh {

/// Makes text from other peers safe for an error, a log line or a terminal: in
/// single quotes, with backslash, single quote and every byte outside printable
/// ASCII as `\xNN`. Text beyond `limit` bytes is replaced by a trailing `...`.
std::string escaped_in_quotes(std::string_view text, std::size_t limit = 100);

/// Like `escaped_in_quotes`, but without the quotes, for text inside brackets.
std::string escaped(std::string_view text, std::size_t limit = 100);

} // namespace cafmesh
