#pragma once

#include <string>

namespace meshd {

struct set_change {
  std::string element;
  bool is_there = false; ///< false: it was removed
};

} // namespace meshd
