#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/http/problem.hpp"
#include "tools/http/request.hpp"

namespace http {

/// The host names under which clients may address a server. These rules keep a
/// page of another site from using a visitor's browser to reach a service on
/// loopback or in a private network, for instance by DNS rebinding.
struct host_rules {
  /// Values that the `Host` header may have, in addition to `localhost` and the
  /// address to which the client has connected. `name` allows any port, and
  /// `name:port` allows only that port.
  std::vector<std::string> names;
  /// Whether to allow any `Host`, for a server that cannot know its own names.
  bool any = false;
};

/// The server's address to which a client has connected.
struct local_address {
  std::string host; ///< numeric; empty for a Unix socket
  std::string port;
  bool is_encrypted = false;
};

/// Checks the host that a request names. Over a Unix socket, which no browser
/// can reach, any host is allowed.
/// @returns nothing if the host is allowed, otherwise status 421, code
///          `host_not_allowed`
std::optional<problem> check_host(const host_rules& rules,
                                  const local_address& local,
                                  std::string_view host);

/// Checks that the `Origin` of a request is the site that its `Host` names.
/// @returns nothing if it is, otherwise status 403, code `origin_not_allowed`
std::optional<problem> check_origin(std::string_view origin,
                                    std::string_view host, bool is_encrypted);

/// Guards against forged requests from pages of other sites. Refuses a request
/// if the browser says that such a page has made it. Refuses a request that may
/// change something if its content type is one that browsers send to other
/// sites without a CORS preflight. Any request with `Authorization` is allowed.
/// @param has_body whether a body follows; without one, no content type is
///        needed
/// @param is_page whether a link on another site may open the page
/// @returns nothing if the request is allowed, otherwise status 415, code
///          `content_type_refused`, or status 403, code `origin_not_allowed`
std::optional<problem> check_content_type(const request& x, bool has_body,
                                          bool is_page = false);

/// Whether the method only reads: GET, HEAD and OPTIONS.
bool is_safe(std::string_view method);

} // namespace http
