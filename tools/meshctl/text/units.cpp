#include "tools/meshctl/text/units.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace meshctl {

namespace {

double unit_of(std::string_view name) {
  if (name.empty() || name == "s")
    return 1;
  if (name == "ms")
    return 0.001;
  if (name == "m" || name == "min")
    return 60;
  return name == "h" ? 3600 : 0;
}

std::string formatted(const char* format, double x) {
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), format, x);
  return buffer;
}

std::string pair_text(double seconds, double unit, const char* large,
                      const char* small, double part) {
  auto whole = std::floor(seconds / unit);
  auto rest = std::floor((seconds - whole * unit) / part);
  return formatted("%.0f ", whole) + large + formatted(" %.0f ", rest) + small;
}

} // namespace

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  auto digits = text.find_first_not_of("0123456789.");
  auto number = std::string{text.substr(0, digits)};
  auto name = digits == text.npos ? std::string_view{} : text.substr(digits);
  char* end = nullptr;
  auto value = std::strtod(number.c_str(), &end);
  auto seconds = value * unit_of(name);
  if (number.empty() || *end != '\0' || unit_of(name) == 0
      || !(seconds <= 366 * 86400.0))
    return std::nullopt;
  return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

std::string time_text(double seconds) {
  if (seconds < 0.001)
    return formatted("%.0f us", seconds * 1e6);
  if (seconds < 1)
    return short_number(seconds * 1e3) + " ms";
  if (seconds < 120)
    return short_number(seconds) + " s";
  if (seconds < 3600)
    return pair_text(seconds, 60, "min", "s", 1);
  if (seconds < 2 * 86400)
    return pair_text(seconds, 3600, "h", "min", 60);
  return pair_text(seconds, 86400, "d", "h", 3600);
}

std::string bytes_text(double bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto unit = 0;
  while (bytes >= 1024 && unit < 4) {
    bytes /= 1024;
    ++unit;
  }
  return short_number(bytes) + " " + units[unit];
}

std::string counted(std::size_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

std::string short_number(double x) {
  if (x == std::floor(x) || std::fabs(x) >= 100)
    return formatted("%.0f", x);
  return formatted("%.1f", x);
}

} // namespace meshctl
