#include "tools/meshd/settings/literals.hpp"

namespace meshd {

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

// CAF's own text for a value leaves out the quotes of a string that begins with
// one.
std::string literal_of(const caf::config_value& x) {
  if (auto text = caf::get_if<std::string>(&x))
    return quoted(*text);
  auto all = caf::get_if<caf::config_value::list>(&x);
  if (!all)
    return to_string(x);
  std::string result;
  for (const auto& each : *all)
    result += (result.empty() ? "" : ", ") + literal_of(each);
  return "[" + result + "]";
}

} // namespace meshd
