#pragma once

#include <string>
#include <string_view>

namespace cafmesh {

/// Quotes text from other peers, so that it is safe in an error, a log line or
/// a terminal. Backslashes, single quotes and all bytes outside printable ASCII
/// become `\xNN`. Text beyond `limit` bytes is replaced by `...`.
std::string escaped_in_quotes(std::string_view text, std::size_t limit = 100);

/// Like `escaped_in_quotes`, but without the quotes, for text inside brackets.
std::string escaped(std::string_view text, std::size_t limit = 100);

} // namespace cafmesh
