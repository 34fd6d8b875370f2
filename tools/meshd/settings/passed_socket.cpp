#include "tools/meshd/settings/passed_socket.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace meshd {

namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t result = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, result);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return result;
}

} // namespace

int passed_socket(const char* pid, const char* count, const char* names,
                  std::int64_t own) {
  if (!pid || !count || !names || number_in(pid) != own)
    return -1;
  const auto most = number_in(count).value_or(0);
  const std::string_view all = names;
  int number = 0;
  for (std::size_t i = 0; i <= all.size() && number < most; ++number) {
    auto end = std::min(all.find(':', i), all.size());
    if (all.substr(i, end - i) == "http")
      return first_passed_socket + number;
    i = end + 1;
  }
  return -1;
}

} // namespace meshd
