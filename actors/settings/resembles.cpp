#include "actors/settings/resembles.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace cafmesh {

namespace {

std::string lower_case(std::string_view text) {
  std::string result;
  for (char x : text)
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(x)));
  return result;
}

bool lacks_one_letter(const std::string& text, const std::string& word) {
  for (std::size_t i = 0; i < word.size(); ++i)
    if (std::string{word}.erase(i, 1) == text)
      return true;
  return false;
}

bool differs_in_one_place(const std::string& text, const std::string& word) {
  if (text.size() != word.size())
    return false;
  auto first = std::mismatch(text.begin(), text.end(), word.begin());
  if (first.first == text.end())
    return true;
  auto rest = text.end() - first.first;
  if (std::equal(first.first + 1, text.end(), first.second + 1))
    return true;
  return rest >= 2 && *first.first == *(first.second + 1)
         && *(first.first + 1) == *first.second
         && std::equal(first.first + 2, text.end(), first.second + 2);
}

} // namespace

bool resembles(std::string_view text, std::string_view word) {
  const std::string prefix = "caf";
  auto given = lower_case(text);
  auto wanted = lower_case(word);
  if (given.size() > prefix.size() && given.compare(0, 3, prefix) == 0)
    given.erase(0, prefix.size());
  return differs_in_one_place(given, wanted) || lacks_one_letter(given, wanted)
         || lacks_one_letter(wanted, given);
}

} // namespace cafmesh
