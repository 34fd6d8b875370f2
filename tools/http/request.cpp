#include "tools/http/request.hpp"

#include <algorithm>

#include "tools/http/router.hpp"
#include "tools/http/text.hpp"

namespace http {

namespace {

// Calls `f` with the name and value of each parameter, not decoded, until `f`
// returns true.
template <class F>
void any_parameter(std::string_view query, F f) {
  while (!query.empty()) {
    auto end = std::min(query.find('&'), query.size());
    auto one = query.substr(0, end);
    auto equals = std::min(one.find('='), one.size());
    auto value = one.substr(std::min(equals + 1, one.size()));
    if (!one.empty() && f(one.substr(0, equals), value))
      return;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

} // namespace

std::string_view request::parameter(std::string_view name) const {
  for (const auto& x : parameters_)
    if (x.first == name)
      return x.second;
  return {};
}

std::optional<std::string> request::query(std::string_view name) const {
  std::optional<std::string> result;
  any_parameter(raw_query(), [&](std::string_view key, std::string_view value) {
    if (percent_decoded(key, true) != name)
      return false;
    result = percent_decoded(value, true);
    return true;
  });
  return result;
}

std::vector<std::string> request::query_names() const {
  std::vector<std::string> result;
  any_parameter(raw_query(), [&](std::string_view key, std::string_view) {
    result.push_back(percent_decoded(key, true).value_or(std::string{key}));
    return false;
  });
  return result;
}

std::optional<std::string_view> request::header(std::string_view name) const {
  for (const auto& x : fields_)
    if (equals_ignoring_case(view(x.name), name))
      return view(x.value);
  return std::nullopt;
}

} // namespace http
