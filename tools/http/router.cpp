#include "tools/http/router.hpp"

#include <algorithm>

namespace http {

namespace {

int hex_digit(char x) {
  if (x >= '0' && x <= '9')
    return x - '0';
  if (x >= 'a' && x <= 'f')
    return x - 'a' + 10;
  return x >= 'A' && x <= 'F' ? x - 'A' + 10 : -1;
}

bool is_parameter(std::string_view segment) {
  return !segment.empty() && segment.front() == '{';
}

// Removes the first segment from a path that begins with `/`.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  auto result = path.substr(0, path.find('/'));
  path.remove_prefix(result.size());
  return result;
}

// Rules out most routes at little cost. Compares the last byte of the fixed
// part first, because it differs for most routes.
bool may_fit(const route& x, std::string_view path) {
  auto size = x.beginning.size();
  return path.size() >= size && path[size - 1] == x.beginning[size - 1]
         && path.compare(0, size, x.beginning) == 0;
}

bool fits(const route& x, std::string_view path) {
  for (std::size_t i = 0; i < x.segments.size(); ++i) {
    if (path.empty())
      return false;
    if (x.takes_rest && i + 1 == x.segments.size())
      return path.size() > 1;
    auto segment = take_segment(path);
    auto is_same =
      is_parameter(x.segments[i]) ? !segment.empty() : segment == x.segments[i];
    if (!is_same)
      return false;
  }
  return path.empty();
}

// Whether `x` takes precedence over `y` if both match a path.
bool is_closer(const route& x, const route& y) {
  auto size = std::min(x.segments.size(), y.segments.size());
  for (std::size_t i = 0; i < size; ++i) {
    auto left = is_parameter(x.segments[i]);
    auto right = is_parameter(y.segments[i]);
    if (left != right)
      return right;
  }
  return !x.takes_rest && y.takes_rest;
}

// Decodes the parameters of the path.
// @returns false if a percent escape is malformed
bool read_parameters(const route& x, std::string_view path,
                     parameter_list& to) {
  for (std::size_t i = 0; i < x.segments.size(); ++i) {
    std::string_view name = x.segments[i];
    auto is_rest = x.takes_rest && i + 1 == x.segments.size();
    auto segment = is_rest ? path.substr(1) : take_segment(path);
    if (!is_parameter(name))
      continue;
    auto value = percent_decoded(segment);
    if (!value)
      return false;
    name = name.substr(1, name.find_first_of(".}") - 1);
    to.emplace_back(name, std::move(*value));
  }
  return true;
}

bool serves(const route& x, std::string_view method) {
  return x.method == method || (x.method == "GET" && method == "HEAD");
}

void add_method(std::string& to, const std::string& method) {
  if (to.find(method) == std::string::npos)
    to += (to.empty() ? "" : ", ") + method;
}

} // namespace

void router::add(std::string method, std::string_view pattern, handler f,
                 route_options options) {
  route x;
  x.method = std::move(method);
  x.beginning = pattern.substr(0, pattern.find('{'));
  while (!pattern.empty())
    x.segments.emplace_back(take_segment(pattern));
  x.takes_rest = x.segments.back().find("...}") != std::string::npos;
  x.f = std::move(f);
  x.options = options;
  routes_.push_back(std::move(x));
}

router::match router::find(std::string_view method,
                           std::string_view path) const {
  match result;
  for (const auto& x : routes_)
    if (may_fit(x, path) && serves(x, method) && fits(x, path)
        && (!result.found || is_closer(x, *result.found)))
      result.found = &x;
  if (result.found)
    result.is_malformed =
      !read_parameters(*result.found, path, result.parameters);
  else
    result.allowed = methods_of(path);
  return result;
}

std::string router::methods_of(std::string_view path) const {
  std::string result;
  for (const auto& x : routes_) {
    if (!may_fit(x, path) || !fits(x, path))
      continue;
    add_method(result, x.method);
    if (x.method == "GET")
      add_method(result, "HEAD");
  }
  return result;
}

std::optional<std::string> percent_decoded(std::string_view x,
                                           bool plus_is_space) {
  std::string result;
  result.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] != '%') {
      result += plus_is_space && x[i] == '+' ? ' ' : x[i];
      continue;
    }
    auto high = i + 1 < x.size() ? hex_digit(x[i + 1]) : -1;
    auto low = i + 2 < x.size() ? hex_digit(x[i + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

} // namespace http
