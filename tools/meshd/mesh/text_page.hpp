#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/utf8.hpp"

namespace meshd {

/// Part of a sorted list of texts.
struct text_page {
  std::vector<std::string> texts;
  std::optional<std::string> next; ///< pass it as `after` to go on
};

/// Lists the texts behind `after` that begin with `prefix`.
/// @param all a std::map or std::set
/// @param text_of returns the text of an item
template <class Sorted, class F>
text_page page_of(const Sorted& all, const std::string& prefix,
                  const std::string& after, std::size_t limit, F text_of) {
  text_page result;
  auto i = all.lower_bound(std::max(prefix, after));
  for (; i != all.end(); ++i) {
    const std::string& text = text_of(*i);
    if (text.compare(0, prefix.size(), prefix) != 0)
      break;
    // Skips texts that are not UTF-8. C++ programs can use any bytes, but JSON
    // cannot show them.
    if ((!after.empty() && text == after) || !is_utf8(text))
      continue;
    if (result.texts.size() == limit) {
      result.next = result.texts.back();
      break;
    }
    result.texts.push_back(text);
  }
  return result;
}

} // namespace meshd
