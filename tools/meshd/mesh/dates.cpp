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
  using clock = std::chrono::system_clock;
  auto seconds = timegm(&parts);
  // The clock counts nanoseconds, so it has no dates before 1677 or after 2262.
  if (seconds <= clock::to_time_t(clock::time_point::min())
      || seconds >= clock::to_time_t(clock::time_point::max()))
    return std::nullopt;
  auto result = clock::from_time_t(seconds);
  return date_of(result) == text ? std::optional{result} : std::nullopt;
}

} // namespace meshd
