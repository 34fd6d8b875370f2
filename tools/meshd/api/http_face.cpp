#include "tools/meshd/api/http_face.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "tools/http/server.hpp"
#include "tools/meshd/api/change_gate.hpp"
#include "tools/meshd/api/exposure.hpp"
#include "tools/meshd/api/http_exchange.hpp"
#include "tools/meshd/api/page.hpp"
#include "tools/meshd/api/query_parameters.hpp"
#include "tools/meshd/settings/passed_socket.hpp"

// Connects the API to the HTTP server.
namespace meshd {

namespace {

/// @param known the query parameters of the route
void handle(const handler& f, const std::vector<std::string>& known,
            const http::request& from, const call& x) {
  try {
    check_query(from, known);
    f(x);
  } catch (const problem& why) {
    x.fail(why);
  }
}

http::route_options route_options_of(const std::string& method,
                                     const std::string& path) {
  // Accepts bodies that are up to 64 KiB too large, so that the handler
  // itself refuses them with its own message.
  constexpr std::size_t too_large = 64 * 1024;
  http::route_options result;
  result.answer_time = std::chrono::seconds{75};
  if (path == "/livez" || path == "/readyz")
    result.needs = http::access::none;
  // The second server asks the HTTP thread. If that hangs, requests to the
  // second server end after this time.
  if (path == "/livez")
    result.answer_time = std::chrono::seconds{5};
  if (path == "/v1/channels/{channel}/socket")
    result.needs = http::access::write;
  if (path == "/v1/channels/{channel}/messages" && method == "POST")
    result.body_bytes = 8 * 1024 * 1024 + too_large;
  if (method == "PUT")
    result.body_bytes = 1024 * 1024 + too_large;
  return result;
}

class http_routes : public routes {
public:
  /// @param scrapers the routes of the second server, for health and metrics;
  ///        null if there is no such server
  /// @param loop runs the handlers of the second server on the HTTP thread
  http_routes(http::router& to, http::router* scrapers, poster loop)
      : to_(to), scrapers_(scrapers), loop_(std::move(loop)) {
  }

  change_gate& gate() {
    return gate_;
  }

  void add(const std::string& method, const std::string& path,
           handler f) override {
    auto options = route_options_of(method, path);
    auto known = query_parameters(method, path);
    auto is_for_scrapers =
      path == "/metrics" || path == "/livez" || path == "/readyz";
    if (scrapers_ && is_for_scrapers)
      scrapers_->add(
        method, path,
        [f, known, loop = loop_](const http::request&,
                                 const http::responder& to) {
          loop([f, known, loop, to] {
            handle(f, known, to.request(),
                   call{std::make_shared<http_exchange>(to, loop)});
          });
        },
        options);
    auto changes = method != "GET";
    to_.add(
      method, path,
      [this, f = std::move(f), known, changes](const http::request& from,
                                               const http::responder& to) {
        if (changes)
          handle_change(f, known, from, to);
        else
          handle(f, known, from, call{std::make_shared<http_exchange>(to)});
      },
      options);
  }

private:
  void handle_change(const handler& f, const std::vector<std::string>& known,
                     const http::request& from, const http::responder& to) {
    if (gate_.is_closed())
      return call{std::make_shared<http_exchange>(to)}.fail(node_stops());
    auto x = std::make_shared<http_exchange>(to, nullptr, gate_.enter());
    handle(f, known, from, call{std::move(x)});
  }

  http::router& to_;
  http::router* scrapers_;
  poster loop_;
  change_gate gate_;
};

http::server_options options_of(const service_options& x) {
  http::server_options result;
  result.threads = 1;
  // Leaves room for the longest prefix and `after`, which percent encoding can
  // make three times as long, and for the rest of the path and query.
  result.limits.uri_bytes = 2 * 3 * longest_key + 1024;
  result.limits.connections = x.max_connections;
  // Keeps one client from taking all connections or streams.
  result.limits.connections_per_address = x.max_connections * 3 / 4 + 1;
  result.limits.streams_per_address = x.max_streams * 3 / 4 + 1;
  result.hosts.names = x.http_allowed_hosts;
  result.headers = {{"Content-Security-Policy",
                     "default-src 'none'; script-src 'self'; style-src 'self'; "
                     "connect-src 'self'; img-src 'self' data:; worker-src "
                     "'self'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'"},
                    {"Referrer-Policy", "no-referrer"}};
  result.path_hint = "/v1/openapi.json lists the paths.";
  return result;
}

/// Options of the server for health and metrics. Few clients use this server.
http::server_options scraper_options_of(const service_options& x) {
  auto result = options_of(x);
  result.limits.connections = 64;
  result.limits.connections_per_address = 48;
  result.limits.body_bytes = 1024;
  result.path_hint = "This address has only /livez, /readyz and /metrics.";
  return result;
}

} // namespace

std::string check_certificate(const service_options& options) {
  if (options.http_cert.empty())
    return {};
  std::shared_ptr<http::tls_context> ignored;
  return http::read_tls(options.http_cert, options.http_key, ignored).text;
}

struct http_face::state {
  state(const service_options& options, const cafmesh::log_sink_ptr& log)
      : is_encrypted(!options.http_cert.empty()),
        server(logging(options_of(options), log)),
        scrapers(options.metrics.empty()
                   ? nullptr
                   : std::make_unique<http::server>(
                     logging(scraper_options_of(options), log))),
        paths(server.routes(), scrapers ? &scrapers->routes() : nullptr,
              [this](std::function<void()> f) { server.post(std::move(f)); }) {
  }

  static http::server_options logging(http::server_options x,
                                      const cafmesh::log_sink_ptr& log) {
    x.log = [log](http::severity level, const std::string& text) {
      log->write(static_cast<cafmesh::log_level>(level), "HTTP: " + text);
    };
    return x;
  }

  const bool is_encrypted;
  bool needs_token = false;
  http::server server;
  std::unique_ptr<http::server> scrapers; // null: none
  http_routes paths;
};

http_face::http_face() = default;

http_face::~http_face() {
  stop();
}

std::string http_face::open(const service_options& options,
                            const cafmesh::log_sink_ptr& log) {
  state_ = std::make_unique<state>(options, log);
  auto& st = *state_;
  http::add_assets(st.server.routes(), page_assets());
  http_secrets secrets;
  if (auto wrong = read_secrets(options, secrets); !wrong.empty())
    return wrong;
  use(std::move(secrets));
  auto passed =
    passed_socket(std::getenv("LISTEN_PID"), std::getenv("LISTEN_FDS"),
                  std::getenv("LISTEN_FDNAMES"), getpid());
  auto wrong =
    passed >= 0 ? st.server.listen_on(passed) : st.server.listen(options.http);
  if (wrong)
    return "cannot serve HTTP on " + options.http + ": " + wrong.text;
  if (st.scrapers)
    wrong = st.scrapers->listen(options.metrics);
  if (wrong)
    return "cannot serve metrics on " + options.metrics + ": " + wrong.text;
  auto real = options;
  real.http = address();
  real.metrics = metrics_address();
  return check_exposure(real);
}

routes& http_face::paths() {
  return state_->paths;
}

void http_face::refuse_changes(std::function<void()> then) {
  state_->paths.gate().close(std::move(then));
}

std::string http_face::start() {
  auto& st = *state_;
  if (auto wrong = st.server.start())
    return "cannot serve HTTP: " + wrong.text;
  if (!st.scrapers)
    return {};
  auto wrong = st.scrapers->start();
  if (!wrong)
    return {};
  stop();
  return "cannot serve metrics: " + wrong.text;
}

void http_face::post(std::function<void()> f) {
  state_->server.post(std::move(f));
}

std::string http_face::read_secrets(const service_options& options,
                                    http_secrets& to) const {
  const auto& st = *state_;
  if (st.needs_token && options.token_file.empty())
    return "token-file is gone; restart meshd to serve without a token";
  if (st.is_encrypted && options.http_cert.empty())
    return "http-cert is gone; restart meshd to serve without TLS";
  if (!st.is_encrypted && !options.http_cert.empty())
    return "http-cert is new; restart meshd to serve with TLS";
  auto wrong = read_tokens(options, to.read_token, to.write_token);
  if (wrong.empty() && st.is_encrypted)
    wrong =
      http::read_tls(options.http_cert, options.http_key, to.certificate).text;
  return wrong;
}

void http_face::use(http_secrets x) {
  auto& st = *state_;
  st.needs_token = st.needs_token || !x.write_token.empty();
  if (st.is_encrypted)
    st.server.set_tls(x.certificate);
  if (st.is_encrypted && st.scrapers)
    st.scrapers->set_tls(x.certificate);
  if (st.scrapers)
    st.scrapers->set_tokens(x.read_token, x.write_token);
  st.server.set_tokens(std::move(x.read_token), std::move(x.write_token));
}

std::string http_face::address() const {
  auto all = state_->server.addresses();
  return all.empty() ? std::string{} : all.front();
}

std::string http_face::metrics_address() const {
  if (!state_->scrapers)
    return {};
  auto all = state_->scrapers->addresses();
  return all.empty() ? std::string{} : all.front();
}

http::server_counts http_face::counts() const {
  auto result = state_->server.counts();
  if (state_->scrapers)
    result += state_->scrapers->counts();
  return result;
}

// Stops the server for health and metrics first, because it posts functions to
// the thread of the main server.
void http_face::stop() {
  if (!state_)
    return;
  if (state_->scrapers)
    state_->scrapers->stop();
  state_->server.stop();
}

} // namespace meshd
