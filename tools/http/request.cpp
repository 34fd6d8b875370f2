#include "tools/http/request.hpp"

#include <algorithm>

#include "tools/http/router.hpp"
#include "tools/http/text.hpp"

namespace http {

std::string_view request::parameter(std::string_view name) const {
  for (const auto& x : parameters_)
    if (x.first == name)
      return x.second;
  return {};
}

std::optional<std::string> request::query(std::string_view name) const {
  auto rest = raw_query();
  while (!rest.empty()) {
    auto end = std::min(rest.find('&'), rest.size());
    auto one = rest.substr(0, end);
    auto equals = std::min(one.find('='), one.size());
    if (percent_decoded(one.substr(0, equals), true) == name)
      return percent_decoded(one.substr(std::min(equals + 1, one.size())),
                             true);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::optional<std::string_view> request::header(std::string_view name) const {
  for (const auto& x : fields_)
    if (equals_ignoring_case(view(x.name), name))
      return view(x.value);
  return std::nullopt;
}

} // namespace http
