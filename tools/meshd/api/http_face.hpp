#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/meshd/api/context.hpp"
#include "tools/meshd/settings/service_options.hpp"
#include <cafmesh/log.hpp>

namespace http {

class tls_context;

} // namespace http

namespace meshd {

/// Checks that the certificate and its key can be read, if there are any.
/// @returns what is wrong; empty if nothing is
std::string check_certificate(const service_options& options);

/// What the HTTP servers read from files.
struct http_secrets {
  std::string read_token;
  std::string write_token;
  std::shared_ptr<http::tls_context> certificate; ///< null: no TLS
};

/// The HTTP server of meshd. One thread, the HTTP thread, runs all handlers of
/// the API.
class http_face {
public:
  http_face();
  ~http_face();
  http_face(const http_face&) = delete;
  http_face& operator=(const http_face&) = delete;

  /// Binds the address of the API, or takes the socket that systemd passes.
  /// @returns what is wrong; empty if nothing is
  std::string open(const service_options& options,
                   const cafmesh::log_sink_ptr& log);

  /// The routes. Register all handlers between `open` and `start`.
  routes& paths();

  /// From now on refuses requests for changes. To be called on the HTTP thread.
  /// @param then called on that thread once all earlier requests for changes
  ///        are answered
  void refuse_changes(std::function<void()> then);

  /// Starts the HTTP thread, which answers requests from now on.
  /// @returns what is wrong; empty if nothing is. If something is wrong, the
  ///          thread has ended.
  std::string start();

  /// Runs a function on the HTTP thread. Any thread may call it, even before
  /// `start`.
  void post(std::function<void()> f);

  /// Reads the tokens and the certificate from the files given in `options`,
  /// but does not use them yet.
  /// @returns what is wrong; empty if nothing is
  std::string read_secrets(const service_options& options,
                           http_secrets& to) const;

  /// Uses these tokens from now on, and the certificate for new connections.
  void use(http_secrets x);

  /// The address on which the API listens, as text for people.
  std::string address() const;
  /// The second address, for health and metrics alone; empty if there is none.
  std::string metrics_address() const;

  /// The counters of all listeners. Any thread may call it.
  http::server_counts counts() const;

  /// Stops accepting, ends all connections and ends the thread.
  void stop();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
