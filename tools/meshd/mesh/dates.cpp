#include "tools/meshd/mesh/dates.hpp"

#include <ctime>

namespace meshd {

namespace {

constexpr char format[] = "%Y-%m-%dT%H:%M:%SZ";

} // namespace

std::string date_of(std::chrono::system_clock::time_point x) {
  auto seconds = std::chrono::system_clock::to_time_t(x);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char result[32];
  auto size = std::strftime(result, sizeof(result), format, &parts);
  return {result, size};
}

std::optional<std::chrono::system_clock::time_point>
parse_date(const std::string& text) {
  std::tm parts{};
  const auto* end = strptime(text.c_str(), format, &parts);
  if (!end || *end != '\0')
    return std::nullopt;
  auto result = std::chrono::system_clock::from_time_t(timegm(&parts));
  return date_of(result) == text ? std::optional{result} : std::nullopt;
}

} // namespace meshd
