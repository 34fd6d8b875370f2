#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace meshctl {

/// The capabilities of the output, which may be a terminal.
struct screen {
  /// The number of columns. 0 means no limit, because the output is not a
  /// terminal.
  std::size_t width = 0;
  std::size_t height = 24;
  /// Whether characters outside ASCII may be written as UTF-8. A terminal with
  /// a different encoding might take their bytes for control characters.
  bool has_utf8 = true;
};

/// Makes text from peers safe for a terminal. Control characters, invisible
/// characters, characters that change the direction of text, and bytes that are
/// not UTF-8 become `\n`, `\xNN` or `\u{NNNN}`. A backslash is doubled.
std::string visible(std::string_view text, bool has_utf8 = true);

/// The number of columns that text from `visible` takes.
std::size_t columns(std::string_view visible_text);

/// Cuts text from `visible` to at most `most` columns. If anything is left out,
/// the last column is `~`.
std::string cut(std::string_view visible_text, std::size_t most);

} // namespace meshctl
