#include "tools/http/guards.hpp"

#include <algorithm>

#include "tools/http/text.hpp"

namespace http {

namespace {

struct named_host {
  std::string_view name;
  std::string_view port;
};

// Splits `name:port` or `[v6]:port` and removes the brackets.
named_host split_host(std::string_view x) {
  if (!x.empty() && x.front() == '[') {
    auto end = std::min(x.find(']'), x.size());
    auto rest = x.substr(std::min(end + 1, x.size()));
    auto has_port = !rest.empty() && rest.front() == ':';
    return {x.substr(1, end - 1), has_port ? rest.substr(1) : rest};
  }
  auto colon = x.rfind(':');
  if (colon == std::string_view::npos)
    return {x, {}};
  auto name = x.substr(0, colon);
  // An IPv6 address needs brackets.
  if (name.find(':') != std::string_view::npos)
    return {};
  return {name, x.substr(colon + 1)};
}

bool is_own_port(const local_address& local, std::string_view port) {
  if (!port.empty())
    return port == local.port;
  return local.port == (local.is_encrypted ? "443" : "80");
}

// Whether a page can send this content type to another site without a CORS
// preflight.
bool is_simple_type(std::string_view type) {
  auto name = trimmed(type.substr(0, type.find(';')));
  for (auto x : {"text/plain", "application/x-www-form-urlencoded",
                 "multipart/form-data"})
    if (equals_ignoring_case(name, x))
      return true;
  return name.empty() || name.find('/') == std::string_view::npos;
}

// Whether a user opens the page in a tab of its own, rather than in a frame of
// another page.
bool follows_link(const request& x) {
  return is_safe(x.method())
         && x.header("sec-fetch-mode").value_or("") == "navigate"
         && x.header("sec-fetch-dest").value_or("") == "document";
}

problem foreign_page() {
  return {403, "origin_not_allowed",
          "The request comes from a page of another site."};
}

} // namespace

std::optional<problem> check_host(const host_rules& rules,
                                  const local_address& local,
                                  std::string_view host) {
  if (rules.any || local.host.empty())
    return std::nullopt;
  auto given = split_host(host);
  // A host name may end with a dot.
  if (!given.name.empty() && given.name.back() == '.')
    given.name.remove_suffix(1);
  auto is_own = equals_ignoring_case(given.name, "localhost")
                || equals_ignoring_case(given.name, local.host);
  if (is_own && is_own_port(local, given.port))
    return std::nullopt;
  for (const auto& x : rules.names) {
    auto allowed = split_host(x);
    if (equals_ignoring_case(allowed.name, given.name)
        && (allowed.port.empty() || allowed.port == given.port))
      return std::nullopt;
  }
  return problem{421, "host_not_allowed",
                 "The host in the request is not a name of this service."};
}

std::optional<problem> check_origin(std::string_view origin,
                                    std::string_view host, bool is_encrypted) {
  std::string_view scheme = is_encrypted ? "https://" : "http://";
  if (origin.substr(0, scheme.size()) == scheme
      && equals_ignoring_case(origin.substr(scheme.size()), host))
    return std::nullopt;
  return foreign_page();
}

std::optional<problem> check_content_type(const request& x, bool has_body,
                                          bool is_page) {
  if (x.header("authorization"))
    return std::nullopt;
  // Browsers send `Sec-Fetch-Site` even where they leave out `Origin`.
  auto site = x.header("sec-fetch-site").value_or("none");
  if (site != "none" && site != "same-origin" && !(is_page && follows_link(x)))
    return foreign_page();
  if (is_safe(x.method()))
    return std::nullopt;
  auto type = x.header("content-type");
  if (!type && !has_body)
    return std::nullopt;
  if (!is_simple_type(type.value_or("")))
    return std::nullopt;
  return problem{415, "content_type_refused",
                 "The content type is one that any web page may send."};
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

} // namespace http
