#include "tools/http/text.hpp"

#include <algorithm>

namespace http {

namespace {

char lower_letter(char x) {
  return x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x;
}

// Whether a list element has the weight 0, as in `gzip;q=0`. This weight means
// that the client does not accept the element.
bool has_zero_weight(std::string_view parameters) {
  auto q = parameters.find("q=");
  if (q == std::string_view::npos)
    return false;
  auto value = trimmed(parameters.substr(q + 2));
  return !value.empty()
         && value.find_first_not_of("0.") == std::string_view::npos;
}

} // namespace

bool equals_ignoring_case(std::string_view x, std::string_view y) {
  return x.size() == y.size()
         && std::equal(x.begin(), x.end(), y.begin(), [](char a, char b) {
              return lower_letter(a) == lower_letter(b);
            });
}

std::string lower_case(std::string_view x) {
  std::string result{x};
  std::transform(result.begin(), result.end(), result.begin(), lower_letter);
  return result;
}

std::string_view trimmed(std::string_view x) {
  auto begin = x.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return x.substr(begin, x.find_last_not_of(" \t") + 1 - begin);
}

bool accepts_gzip(std::string_view accept_encoding) {
  return any_element(accept_encoding, [](std::string_view x) {
    auto end = std::min(x.find(';'), x.size());
    auto name = trimmed(x.substr(0, end));
    return (equals_ignoring_case(name, "gzip") || name == "*")
           && !has_zero_weight(x.substr(end));
  });
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  return any_element(if_none_match, [etag](std::string_view x) {
    if (x.substr(0, 2) == "W/")
      x.remove_prefix(2);
    return x == etag || x == "*";
  });
}

} // namespace http
