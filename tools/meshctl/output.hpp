#pragma once

#include <string_view>

#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

class output {
public:
  output();

  /// Writes immediately, without a buffer.
  /// @throws output_closed if nobody reads the output
  /// @throws failure if the text cannot be written, for example to a full disk
  void write(std::string_view text);

  bool is_terminal() const noexcept {
    return is_terminal_;
  }

  /// The present size of the terminal. Call it anew for each output, because
  /// the user may resize the window.
  screen current_screen() const;

private:
  bool is_terminal_;
  bool has_utf8_;
};

} // namespace meshctl
