#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/http/guards.hpp"
#include "tools/http/limits.hpp"
#include "tools/http/log_gate.hpp"
#include "tools/http/router.hpp"

namespace http {

/// An error, or success, which converts to false.
struct failure {
  int number = 0;   ///< the error number of the system; 0 if there is none
  std::string text; ///< one sentence with the cause

  explicit operator bool() const {
    return !text.empty();
  }
};

/// A certificate with its key.
class tls_context;

/// Reads PEM files.
/// @param to not changed if reading fails
failure read_tls(const std::string& certificate_file,
                 const std::string& key_file, std::shared_ptr<tls_context>& to);

struct server_options {
  /// The number of threads. Each connection belongs to one thread, and all
  /// handlers and callbacks of the connection run on that thread. With one
  /// thread, no two handlers run at the same time.
  unsigned threads = 2;
  http::limits limits{};
  host_rules hosts{};
  /// Headers to send with every answer, such as `Content-Security-Policy`. The
  /// server itself adds `X-Content-Type-Options: nosniff`.
  std::vector<header> headers{};
  /// The hint for a client if a path does not exist, for example where all
  /// paths are listed. If empty, the client gets a general hint.
  std::string path_hint{};
  /// Writes a message to the log. Called on any thread. Messages about clients
  /// are limited to 10 per second, and the next message says how many were left
  /// out. If null, nothing is logged.
  std::function<void(severity, const std::string&)> log{};
};

/// Numbers for metrics.
struct server_counts {
  // since the start
  std::uint64_t requests = 0;             ///< including refused ones
  std::map<int, std::uint64_t> answers{}; ///< by status; including streams
  std::uint64_t accepted_connections = 0;
  std::uint64_t refused_connections = 0; ///< those beyond a limit
  /// Connections that were ended because the client sent or read too slowly.
  std::uint64_t cut_off_connections = 0;
  /// Bytes received and sent, without the overhead of TLS and WebSocket frames.
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  // now
  std::size_t connections = 0;
  std::size_t streams = 0; ///< event streams and WebSockets

  server_counts& operator+=(const server_counts& x);
};

/// An HTTP/1.1 server with threads of its own. No member throws.
///
/// Order of use, on one thread: `listen`, `routes`, `start`, `stop`. The other
/// members may be used on any thread.
class server {
public:
  explicit server(server_options options = {});
  ~server(); ///< stops it
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Binds and listens; clients are served once the server starts. May be
  /// called several times.
  /// @param address `HOST:PORT` or `unix:/path`. HOST is a name, an IPv4
  ///        address, or an IPv6 address in brackets. Port 0 stands for any free
  ///        port. A socket file on which nobody listens is removed first.
  /// @param mode the permissions of a Unix socket
  failure listen(const std::string& address, unsigned mode = 0660);

  /// Takes over a listening socket, such as one from systemd.
  failure listen_on(int descriptor);

  /// The addresses on which the server listens, such as `127.0.0.1:8080` or
  /// `unix:/path`, in the order in which they were added.
  std::vector<std::string> addresses() const;

  /// The routes. Add all of them before `start`.
  router& routes();

  /// Starts the threads. If one of them cannot be made, the server stops.
  failure start();

  /// Replaces the tokens and wipes the arguments. An empty argument means no
  /// token. If there is no token at all, every client may do everything. Ends
  /// each stream that the token of its client no longer allows.
  void set_tokens(std::string read, std::string write);

  /// Sets the certificate for new connections. From then on, all listeners
  /// except Unix sockets use TLS 1.2 or later.
  /// @param x not null
  void set_tls(std::shared_ptr<tls_context> x);

  /// Runs `f` after the server has started, always on the same thread of the
  /// server. After `stop`, `f` is dropped.
  void post(std::function<void()> f);
  /// Runs `f` as `post` does, but `delay` later.
  void post_after(std::chrono::milliseconds delay, std::function<void()> f);

  server_counts counts() const;

  /// Stops listening, closes streams and idle connections, waits up to `grace`
  /// for answers to requests, closes everything and joins the threads. Takes at
  /// most `grace`, plus a second, plus the time of the running handlers. Must
  /// not be called on a thread of the server.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{1});

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace http
