#include "tools/meshd/settings/literals.hpp"

#include <cstdint>
#include <utility>

#include <caf/timespan.hpp>

namespace meshd {

namespace {

std::string text_of(caf::timespan x) {
  static const std::pair<std::int64_t, const char*> units[] = {
    {3'600'000'000'000, "h"},
    {60'000'000'000, "min"},
    {1'000'000'000, "s"},
    {1'000'000, "ms"},
    {1000, "us"},
    {1, "ns"}};
  auto count = x.count();
  for (const auto& [unit, name] : units)
    if (count != 0 && count % unit == 0)
      return std::to_string(count / unit) + name;
  return "0s";
}

} // namespace

std::string quoted(const std::string& x) {
  std::string result = "\"";
  for (auto c : x)
    if (c == '\n' || c == '\r' || c == '\t')
      result += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    else if (c == '"' || c == '\\')
      result += {'\\', c};
    else
      result += c;
  return result + "\"";
}

// CAF's own text for a value omits the quotes of a string that begins with a
// quote, and shows hours as whole days.
std::string literal_of(const caf::config_value& x) {
  if (auto text = caf::get_if<std::string>(&x))
    return quoted(*text);
  if (auto time = caf::get_if<caf::timespan>(&x))
    return text_of(*time);
  auto all = caf::get_if<caf::config_value::list>(&x);
  if (!all)
    return to_string(x);
  std::string result;
  for (const auto& each : *all)
    result += (result.empty() ? "" : ", ") + literal_of(each);
  return "[" + result + "]";
}

} // namespace meshd
