#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/http/problem.hpp"
#include "tools/http/request.hpp"

namespace http {

/// Which sites may use a server. These rules keep out pages of other sites,
/// which could use a visitor's browser to reach a service on loopback or in a
/// private network: by DNS rebinding, or by requests whose answers they need
/// not see.
struct host_rules {
  /// Names that `Host` may have besides `localhost` and the address to which
  /// the client has connected: `name` with any port, or `name:port`.
  std::vector<std::string> names;
  /// Whether `Host` may be anything, for a server that cannot know its names.
  bool any = false;
};

/// The address at which a client has connected.
struct local_address {
  std::string host; ///< numeric; empty for a Unix socket
  std::string port;
  bool is_encrypted = false;
};

/// Checks the host that a request names. Over a Unix socket, which no browser
/// can reach, any host is allowed.
/// @returns status 421, code `host_not_allowed`, or nothing if it is allowed
std::optional<problem> check_host(const host_rules& rules,
                                  const local_address& local,
                                  std::string_view host);

/// Checks that an `Origin` is the site that the request names as its host.
/// @returns status 403, code `origin_not_allowed`, or nothing if it is
std::optional<problem> check_origin(std::string_view origin,
                                    std::string_view host, bool is_encrypted);

/// Refuses a request that a page of another site has made, according to the
/// browser, and a request for a change with a content type that browsers send
/// to other sites without a preflight. Allows any request with `Authorization`.
/// @param has_body whether a body follows; without one, no content type is
///        needed
/// @returns status 415, code `content_type_refused`, or 403, code
///          `origin_not_allowed`, or nothing if the request is allowed
std::optional<problem> check_content_type(const request& x, bool has_body);

/// Whether the method only reads: GET, HEAD and OPTIONS.
bool is_safe(std::string_view method);

} // namespace http
