#include "tools/meshctl/text/terminal_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>

namespace meshctl {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

// Characters that must not reach a terminal: invisible characters, characters
// that change the direction of text, line separators, tags, characters for
// private use, and code points that are never assigned.
constexpr range hidden[] = {
  {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x34F, 0x34F},
  {0x61C, 0x61C},   {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
  {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},
  {0xD800, 0xF8FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
  {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF}};

constexpr range combining[] = {
  {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
  {0x64B, 0x65F},   {0x6D6, 0x6DC},   {0x900, 0x902},   {0x93C, 0x93C},
  {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},   {0x1AB0, 0x1AFF},
  {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0xFE20, 0xFE2F}};

constexpr range wide[] = {
  {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2E80, 0x303E},  {0x3041, 0x4DBF},
  {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
  {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
  {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool is_in(const range (&ranges)[N], char32_t x) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [x](range r) { return x >= r.first && x <= r.last; });
}

struct decoded {
  char32_t value = 0;
  std::size_t size = 0; ///< 0: the bytes are not UTF-8
};

std::size_t size_of_character(unsigned char first) {
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return 2;
  if (first >= 0xE0 && first <= 0xEF)
    return 3;
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

decoded decode(std::string_view text) {
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  auto first = static_cast<unsigned char>(text[0]);
  auto size = size_of_character(first);
  if (size <= 1 || text.size() < size)
    return {first, size == 1 ? 1u : 0u};
  auto value = static_cast<char32_t>(first & (0xFFu >> (size + 1)));
  for (std::size_t i = 1; i < size; ++i) {
    auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0u) != 0x80)
      return {};
    value = value << 6 | (next & 0x3Fu);
  }
  return value < least[size] || value > 0x10FFFF ? decoded{}
                                                 : decoded{value, size};
}

std::string numbered(const char* format, unsigned value) {
  char buffer[16];
  std::snprintf(buffer, sizeof(buffer), format, value);
  return buffer;
}

std::string escape(char32_t x) {
  switch (x) {
  case U'\n':
    return "\\n";
  case U'\r':
    return "\\r";
  case U'\t':
    return "\\t";
  case U'\\':
    return "\\\\";
  default:
    return numbered(x < 0x80 ? "\\x%02X" : "\\u{%X}", x);
  }
}

std::size_t width_of(char32_t x) {
  if (is_in(combining, x))
    return 0;
  return is_in(wide, x) ? 2 : 1;
}

} // namespace

std::string visible(std::string_view text, bool has_utf8) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto x = decode(text);
    auto size = std::max<std::size_t>(x.size, 1);
    if (x.size == 0)
      result += numbered("\\x%02X", static_cast<unsigned char>(text[0]));
    else if (x.value == U'\\' || is_in(hidden, x.value)
             || (!has_utf8 && x.value >= 0x80))
      result += escape(x.value);
    else
      result += text.substr(0, size);
    text.remove_prefix(size);
  }
  return result;
}

std::size_t columns(std::string_view visible_text) {
  std::size_t result = 0;
  while (!visible_text.empty()) {
    auto x = decode(visible_text);
    result += width_of(x.value);
    visible_text.remove_prefix(std::max<std::size_t>(x.size, 1));
  }
  return result;
}

std::string cut(std::string_view visible_text, std::size_t most) {
  if (columns(visible_text) <= most)
    return std::string{visible_text};
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < visible_text.size()) {
    auto x = decode(visible_text.substr(end));
    auto width = width_of(x.value);
    if (used + width + 1 > most)
      break;
    used += width;
    end += std::max<std::size_t>(x.size, 1);
  }
  return std::string{visible_text.substr(0, end)} + (most > 0 ? "~" : "");
}

} // namespace meshctl
