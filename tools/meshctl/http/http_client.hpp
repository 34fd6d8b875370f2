#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/meshctl/http/deadline.hpp"
#include "tools/meshctl/http/endpoint.hpp"

namespace meshctl {

struct http_request {
  std::string method = "GET";
  std::string target; ///< path and query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct http_response {
  unsigned status = 0;
  std::string etag;
  std::string date;
  std::string retry_after;
  std::string body;
};

/// How the client authenticates itself and the server.
struct client_options {
  std::string token;   ///< sent as a bearer token unless it is empty
  std::string ca_file; ///< certificates to trust instead of the system's
};

/// One connection to meshd, used by one request after another. The first
/// request opens it, and later requests reopen it if it has been closed. Calls
/// block. Only one thread may use an object.
///
/// Every function may throw `interrupted` or `output_closed`. It throws
/// `failure` of exit_code::unreachable if the connection cannot be made or
/// breaks, and `failure` of exit_code::timed_out after the deadline. An HTTP
/// status never causes a failure.
class http_client {
public:
  http_client(endpoint where, client_options options);
  http_client(http_client&&) noexcept;
  ~http_client();

  /// @throws failure of exit_code::failed if the body has more than 64 MiB
  http_response send(const http_request& x, const deadline& until);

  /// Sends a request. Passes the body of the response to `on_bytes` as it
  /// arrives, until `on_bytes` returns false or the body ends. If the status is
  /// not 200, `on_bytes` is not called, and the result has the body.
  /// @param until the deadline for the header
  /// @param end the deadline for the whole call
  /// @throws failure of exit_code::unreachable if the server sends nothing for
  ///         a minute
  http_response stream(const http_request& x, const deadline& until,
                       const deadline& end,
                       const std::function<bool(std::string_view)>& on_bytes);

private:
  class connection;

  connection& usable_connection(const deadline& until);

  endpoint where_;
  client_options options_;
  std::unique_ptr<connection> connection_;
};

} // namespace meshctl
