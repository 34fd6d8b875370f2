#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/listing.hpp"

namespace meshd {

/// Part of a sorted list of texts.
struct text_page {
  std::vector<std::string> texts;
  std::optional<std::string> next; ///< pass it as `after` to go on
};

/// Lists the texts that sort after `after` and begin with `prefix`. A page may
/// be short although more texts follow.
/// @param all a std::map or std::set
/// @param text_of returns the text of an item
template <class Sorted, class F>
text_page page_of(const Sorted& all, const std::string& prefix,
                  const std::string& after, std::size_t limit, F text_of) {
  text_page result;
  std::size_t bytes = 0;
  result.next =
    visit_listed(all, prefix, after, text_of, [&](const auto& item) {
      const std::string& text = text_of(item);
      bytes += size_in_json(text);
      if (result.texts.size() == limit || bytes > longest_page)
        return false;
      result.texts.push_back(text);
      return true;
    });
  return result;
}

} // namespace meshd
