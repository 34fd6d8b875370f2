#include "tools/meshctl/text/http_date.hpp"

#include <ctime>

namespace meshctl {

// The names of days and months are read in English, because the program never
// sets a locale.
std::optional<double> parse_http_date(const std::string& text) {
  std::tm time = {};
  auto end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
  if (!end || *end != '\0')
    return std::nullopt;
  return static_cast<double>(timegm(&time));
}

} // namespace meshctl
