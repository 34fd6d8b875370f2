#pragma once

#include <string_view>

#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Standard output.
class output {
public:
  output();

  /// Writes at once.
  /// @throws output_closed if nobody reads it
  /// @throws failure if it cannot be written, for example to a full disk
  void write(std::string_view text);

  bool is_terminal() const noexcept {
    return is_terminal_;
  }

  /// What the terminal can show now; its window may be resized.
  screen current_screen() const;

private:
  bool is_terminal_;
  bool has_utf8_;
};

} // namespace meshctl
