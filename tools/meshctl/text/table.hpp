#pragma once

#include <string>
#include <vector>

#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

struct column {
  std::string title;
  bool is_number = false; ///< aligned to the right
};

/// Text in aligned columns.
class table {
public:
  /// @param things a plural noun for the rows
  table(const screen& to, std::string things, std::vector<column> head);

  /// Adds a row. Cells may hold any text, which `visible` escapes; an empty one
  /// shows `-`.
  /// @pre `cells` has one cell for each column
  void add(const std::vector<std::string>& cells);

  /// The table as lines, each with a newline. If they are wider than the
  /// screen, cells in the widest columns are cut. A table without rows is one
  /// line, which says so.
  std::string str() const;

private:
  std::vector<std::size_t> widths() const;

  screen to_;
  std::string things_;
  std::vector<column> head_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace meshctl
