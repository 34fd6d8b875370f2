#include "tools/meshd/mesh/utf8.hpp"

#include <cstdint>
#include <iterator>
#include <vector>

#include <boost/locale/utf.hpp>

namespace meshd {

namespace {

using utf = boost::locale::utf::utf_traits<char>;

/// The size of the UTF-8 character at the start of the bytes; 0 if there is no
/// valid one.
std::size_t character_size(std::string_view x) {
  auto i = x.begin();
  if (i == x.end()
      || !boost::locale::utf::is_valid_codepoint(utf::decode(i, x.end())))
    return 0;
  return static_cast<std::size_t>(i - x.begin());
}

/// The character with this number. Characters are numbered in the order of
/// their code points, without a gap for the surrogates.
std::string character(std::uint32_t number) {
  std::string result;
  utf::encode(number < 0xD800 ? number : number + 0x800,
              std::back_inserter(result));
  return result;
}

/// The first character that sorts after these bytes; empty if there is none.
std::string character_behind(std::string_view x) {
  std::uint32_t low = 0;
  std::uint32_t high = 0x10FFFF - 0x800;
  if (x >= character(high))
    return {};
  while (low < high) {
    auto middle = low + (high - low) / 2;
    if (character(middle) > x)
      high = middle;
    else
      low = middle + 1;
  }
  return character(low);
}

} // namespace

bool is_utf8(std::string_view x) {
  while (!x.empty()) {
    auto size = character_size(x);
    if (size == 0)
      return false;
    x.remove_prefix(size);
  }
  return true;
}

std::optional<std::string> text_behind(std::string_view x) {
  std::vector<std::size_t> starts; // of characters and of the invalid rest
  for (std::size_t i = 0, size = 1; size > 0; i += size) {
    starts.push_back(i);
    size = character_size(x.substr(i));
  }
  for (; !starts.empty(); starts.pop_back())
    if (auto next = character_behind(x.substr(starts.back())); !next.empty())
      return std::string{x.substr(0, starts.back())} + next;
  return std::nullopt;
}

} // namespace meshd
