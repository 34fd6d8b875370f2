#include "tools/meshd/mesh/listing.hpp"

#include "tools/meshd/mesh/utf8.hpp"

namespace meshd {

std::size_t size_in_json(std::string_view x) {
  auto result = x.size();
  for (auto c : x)
    if (c >= 0 && c < ' ')
      result += 5; // such as \u0001
    else if (c == '"' || c == '\\')
      ++result;
  return result;
}

bool is_listed(std::string_view x) {
  return !x.empty() && x.size() <= longest_key && is_utf8(x);
}

std::optional<std::string> listed_behind(std::string_view x) {
  if (x.size() <= longest_key)
    return text_behind(x);
  // Skips all texts with the same beginning, because they are too long as well.
  return text_behind(std::string{x.substr(0, longest_key)} + "\xff");
}

} // namespace meshd
