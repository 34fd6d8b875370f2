#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace meshd {

/// The longest key, and the longest element of a set that HTTP clients can
/// name, in bytes.
constexpr std::size_t longest_key = 4096;

/// The maximum size in bytes of the texts, as JSON, in a page of a list or a
/// part of a snapshot. A page of this size may wait in memory for each client
/// that reads it.
constexpr std::size_t longest_page = 64 * 1024;

/// The maximum number of bytes that a text takes in JSON.
std::size_t size_in_json(std::string_view x);

/// Whether lists and streams show a text. C++ programs can use any bytes, but
/// JSON cannot show those that are not UTF-8, and no path can name a text that
/// is empty or too long.
bool is_listed(std::string_view x);

/// Finds where to continue after a text that is not listed.
/// @returns a lower bound for the listed texts that sort after `x`; nothing if
///          no listed text can follow
/// @pre `!x.empty() && !is_listed(x)`
std::optional<std::string> listed_behind(std::string_view x);

/// Visits, in order, the listed texts that sort after `after` and begin with
/// `prefix`, until `visit` returns false. Looks at a limited number of texts,
/// so it may end before the list does.
/// @param all a sorted container
/// @param text_of returns the text of an item
/// @returns the `after` with which to continue; nothing at the end of the list
template <class Sorted, class F, class Visitor>
std::optional<std::string>
visit_listed(const Sorted& all, const std::string& prefix,
             const std::string& after, F text_of, Visitor visit) {
  constexpr std::size_t most_looked_at = 20'000;
  auto last = after;
  std::size_t looked_at = 0;
  auto i = all.lower_bound(std::max(prefix, after));
  while (i != all.end()) {
    const std::string& text = text_of(*i);
    if (text.compare(0, prefix.size(), prefix) != 0)
      return std::nullopt;
    if (++looked_at > most_looked_at)
      return last;
    if (text.empty() || text == after) {
      ++i;
    } else if (is_listed(text)) {
      if (!visit(*i))
        return last;
      last = text;
      ++i;
    } else if (auto next = listed_behind(text)) {
      // `last` must be UTF-8, so it cannot be the unlisted text, but it can be
      // `*next`. If `*next` is in the list, `last` stays before it, because
      // the next page begins after `last`.
      i = all.lower_bound(*next);
      if (i == all.end() || text_of(*i) != *next)
        last = std::move(*next);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

} // namespace meshd
