#include "tools/meshd/api/http_listener.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tools/meshd/api/http_face.hpp"
#include "tools/meshd/api/http_session.hpp"

namespace meshd {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr char unix_prefix[] = "unix:";

struct listening {
  int descriptor = -1;
  std::string wrong;
};

std::optional<std::pair<std::string, std::string>>
host_and_port(const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size())
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return std::nullopt;
  auto port = text.substr(colon + 1);
  if (port.size() > 5
      || port.find_first_not_of("0123456789") != std::string::npos
      || std::stoul(port) > 65535)
    return std::nullopt;
  if (host == "localhost")
    host = "127.0.0.1";
  return std::pair{host, port};
}

listening cannot_listen(const std::string& where, const error_code& why) {
  return {-1, "cannot listen on " + where + " for HTTP: " + why.message()};
}

listening listen_on_path(asio::io_context& loop, const std::string& path) {
  using protocol = asio::local::stream_protocol;
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
    return {-1, "the path of a Unix socket has 1 to 107 bytes"};
  error_code why;
  // A socket that nobody serves is left from a process that was killed.
  protocol::socket probe{loop};
  probe.connect(protocol::endpoint{path}, why);
  if (why == asio::error::connection_refused)
    unlink(path.c_str());
  protocol::acceptor result{loop};
  result.open(protocol{}, why);
  if (!why)
    result.bind(protocol::endpoint{path}, why);
  if (!why)
    result.listen(asio::socket_base::max_listen_connections, why);
  if (why)
    return cannot_listen(path, why);
  return {result.release(), {}};
}

listening listen_on_port(asio::io_context& loop, const std::string& text) {
  using asio::ip::tcp;
  auto parts = host_and_port(text);
  error_code why;
  asio::ip::address address;
  if (parts)
    address = asio::ip::make_address(parts->first, why);
  if (!parts || why)
    return {-1, "http must be HOST:PORT with a numeric host, or unix:/PATH, "
                "not '"
                  + text + "'"};
  auto port = static_cast<unsigned short>(std::stoul(parts->second));
  tcp::endpoint where{address, port};
  tcp::acceptor result{loop};
  result.open(where.protocol(), why);
  if (!why)
    result.set_option(tcp::acceptor::reuse_address{true}, why);
  if (!why)
    result.bind(where, why);
  if (!why)
    result.listen(asio::socket_base::max_listen_connections, why);
  if (why)
    return cannot_listen(text, why);
  return {result.release(), {}};
}

/// The socket that systemd passes under the name `http`.
int passed_socket() {
  const auto* pid = std::getenv("LISTEN_PID");
  const auto* count = std::getenv("LISTEN_FDS");
  const auto* names = std::getenv("LISTEN_FDNAMES");
  if (!pid || !count || !names || std::atoi(pid) != getpid())
    return -1;
  constexpr int first = 3;
  std::string all = names;
  auto number = 0;
  for (std::size_t i = 0; i <= all.size() && number < std::atoi(count);
       ++number) {
    auto end = std::min(all.find(':', i), all.size());
    if (all.substr(i, end - i) == "http")
      return first + number;
    i = end + 1;
  }
  return -1;
}

using acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

class listener : public http_listener,
                 public std::enable_shared_from_this<listener> {
public:
  listener(asio::io_context& loop, int descriptor, dispatcher& paths,
           std::shared_ptr<asio::ssl::context> tls, std::size_t most)
      : acceptor_(loop), timer_(loop), paths_(paths), tls_(std::move(tls)),
        most_(most) {
    sockaddr_storage where{};
    socklen_t size = sizeof(where);
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size);
    acceptor_.assign(asio::generic::stream_protocol{where.ss_family, 0},
                     descriptor);
    address_ = address_text(where);
  }

  void start() override {
    accept();
  }

  void stop() override {
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel(ignored);
  }

  std::string address() const override {
    return address_;
  }

private:
  static std::string address_text(const sockaddr_storage& x) {
    if (x.ss_family == AF_UNIX)
      return unix_prefix
             + std::string{reinterpret_cast<const sockaddr_un&>(x).sun_path};
    auto [host, port] = host_and_port_of(x);
    return (x.ss_family == AF_INET6 ? "[" + host + "]" : host) + ":" + port;
  }

  void accept() {
    acceptor_.async_accept(
      [self = shared_from_this()](
        error_code why, asio::generic::stream_protocol::socket socket) {
        if (why == asio::error::operation_aborted)
          return;
        if (why)
          return self->accept_later();
        if (http_sessions() < self->most_)
          start_session(std::move(socket), self->tls_, self->paths_);
        self->accept();
      });
  }

  // Out of descriptors, for instance.
  void accept_later() {
    timer_.expires_after(std::chrono::milliseconds{100});
    timer_.async_wait([self = shared_from_this()](error_code why) {
      if (!why)
        self->accept();
    });
  }

  acceptor acceptor_;
  asio::steady_timer timer_;
  dispatcher& paths_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::size_t most_;
  std::string address_;
};

std::variant<std::string, std::shared_ptr<asio::ssl::context>>
make_tls(const service_options& options) {
  if (options.http_cert.empty())
    return std::shared_ptr<asio::ssl::context>{};
  auto result =
    std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  result->set_options(asio::ssl::context::no_tlsv1
                      | asio::ssl::context::no_tlsv1_1);
  error_code why;
  result->use_certificate_chain_file(options.http_cert, why);
  if (why)
    return "cannot use the certificate " + options.http_cert + ": "
           + why.message();
  result->use_private_key_file(options.http_key, asio::ssl::context::pem, why);
  if (why)
    return "cannot use the key " + options.http_key + ": " + why.message();
  return result;
}

} // namespace

std::variant<std::string, std::shared_ptr<http_listener>>
open_listener(asio::io_context& loop, const service_options& options,
              dispatcher& paths) {
  auto tls = make_tls(options);
  if (auto wrong = std::get_if<std::string>(&tls))
    return *wrong;
  listening found{passed_socket(), {}};
  if (found.descriptor < 0)
    found = options.http.rfind(unix_prefix, 0) == 0
              ? listen_on_path(loop, options.http.substr(5))
              : listen_on_port(loop, options.http);
  if (found.descriptor < 0)
    return found.wrong;
  return std::shared_ptr<http_listener>{std::make_shared<listener>(
    loop, found.descriptor, paths,
    std::get<std::shared_ptr<asio::ssl::context>>(tls),
    options.max_connections)};
}

std::string check_exposure(const service_options& options) {
  if (options.http.rfind(unix_prefix, 0) == 0 || options.http_insecure
      || !options.http_cert.empty())
    return {};
  auto parts = host_and_port(options.http);
  error_code why;
  if (!parts || asio::ip::make_address(parts->first, why).is_loopback() || why)
    return {}; // what is no address is reported when it is bound
  return "HTTP on " + options.http
         + " would show tokens and data to the network: give http-cert and "
           "http-key for TLS, or http-insecure if the network is yours alone";
}

} // namespace meshd
