#include "actors/network/asio_sockets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "actors/caf_version/weak_owner.hpp"
#include "actors/network/tcp_history.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh::asio_sockets {

namespace asio = boost::asio;

caf::error failed(const std::string& what, const error_code& why) {
  return make_error(errc::socket_failed, what + ": " + why.message());
}

std::string to_text(const tcp::endpoint& x) {
  auto address = x.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())
             .to_string()
           + ":" + std::to_string(x.port());
  auto host = address.to_string();
  return (address.is_v6() ? "[" + host + "]" : host) + ":"
         + std::to_string(x.port());
}

caf::expected<asio::ip::address> parse_address(const std::string& text) {
  error_code why;
  auto result = asio::ip::make_address(text, why);
  if (why)
    return make_error(errc::bad_address,
                      escaped_in_quotes(text) + " is no address");
  if (!result.is_v6() || !result.to_v6().is_link_local()
      || result.to_v6().scope_id() != 0)
    return result;
  return make_error(
    errc::bad_address,
    escaped_in_quotes(text)
      + " needs the name of an interface of this machine, as in fe80::1%eth0");
}

namespace {

// Takes over a socket that one call has opened with close-on-exec. Asio would
// need two calls, and a program that the application starts between them would
// inherit the socket.
template <class Socket>
void adopt(Socket& x, const tcp& protocol, int fd, error_code& why) {
  if (fd < 0) {
    why.assign(errno, boost::system::system_category());
    return;
  }
  x.assign(protocol, fd, why);
  if (why)
    ::close(fd);
}

template <class Socket>
void open_socket(Socket& x, const tcp& protocol, error_code& why) {
  adopt(x, protocol,
        ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP),
        why);
}

// Sets the options that PROTOCOL.md, "Introduction and frames", requires: send
// small messages immediately, and discard unsent data on closing.
void prepare(tcp::socket& x) {
  error_code ignored;
  x.non_blocking(true, ignored);
  x.set_option(tcp::no_delay{true}, ignored);
  x.set_option(asio::socket_base::linger{true, 0}, ignored);
  x.set_option(asio::socket_base::keep_alive{true}, ignored);
}

// -- streams

class asio_socket : public stream_socket {
public:
  asio_socket(io_context_ptr io, tcp::socket socket)
      : io_(std::move(io)), socket_(std::move(socket)) {
    prepare(socket_);
    error_code ignored;
    local_ = to_text(socket_.local_endpoint(ignored));
    remote_ = to_text(socket_.remote_endpoint(ignored));
  }

  asio_socket(const asio_socket&) = delete;
  asio_socket& operator=(const asio_socket&) = delete;
  // Closes the socket, because Asio's own destructor would first turn off
  // linger.
  ~asio_socket() override {
    error_code ignored;
    socket_.close(ignored);
  }

  io_result read(std::uint8_t* data, std::size_t size) override {
    for (;;) {
      auto n = ::recv(socket_.native_handle(), data, size, 0);
      if (n > 0)
        return {io_status::done, static_cast<std::size_t>(n), {}};
      if (n == 0)
        return {io_status::closed, 0, {}};
      if (errno != EINTR)
        return failure("read");
    }
  }

  io_result write(byte_view data) override {
    for (;;) {
      auto n =
        ::send(socket_.native_handle(), data.data(), data.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        note_history();
        return {io_status::done, static_cast<std::size_t>(n), {}};
      }
      if (errno != EINTR)
        return failure("write");
    }
  }

  void end_writing() override {
    ::shutdown(socket_.native_handle(), SHUT_WR);
  }

  void set_owner(socket_owner_actor owner) override {
    owner_.set(owner);
  }

  void want_readable() override {
    socket_.async_wait(tcp::socket::wait_read,
                       [owner = owner_](const error_code& why) {
                         if (why != asio::error::operation_aborted)
                           owner.tell(socket_readable{});
                       });
  }

  void want_writable() override {
    socket_.async_wait(tcp::socket::wait_write,
                       [owner = owner_](const error_code& why) {
                         if (why != asio::error::operation_aborted)
                           owner.tell(socket_writable{});
                       });
  }

  host_state remote_host(std::chrono::milliseconds time) const override {
    const auto known = read_tcp_state(handle());
    if (!known)
      return host_state::alive;
    const auto now = std::chrono::steady_clock::now();
    const auto result =
      judge(*known, time, history_.timeouts_of_dead(*known, now));
    if (result == host_state::alive)
      history_.answered(now);
    return result;
  }

  std::string local_address() const override {
    return local_;
  }
  std::string remote_address() const override {
    return remote_;
  }

private:
  // Asio's native_handle() is not a const member function.
  int handle() const {
    return const_cast<tcp::socket&>(socket_).native_handle();
  }

  void note_history() {
    const auto now = std::chrono::steady_clock::now();
    if (!history_.is_due(now))
      return;
    if (const auto known = read_tcp_state(handle()))
      history_.note(*known, now);
  }

  static io_result failure(const char* what) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return {io_status::not_ready, 0, {}};
    // The connection ends in this way if the remote's process is killed while
    // data waits for it.
    if (errno == ECONNRESET || errno == EPIPE)
      return {
        io_status::failed, 0,
        make_error(errc::connection_closed, "by the remote, without an end")};
    return {io_status::failed, 0,
            failed(what, error_code{errno, boost::system::system_category()})};
  }

  // Declared first, so that it outlives the socket.
  io_context_ptr io_;
  tcp::socket socket_;
  caf_version::weak_owner<socket_owner_actor> owner_;
  std::string local_;
  std::string remote_;
  mutable tcp_history history_;
};

// -- listening

class asio_listener : public listener {
public:
  asio_listener(io_context_ptr io, tcp::acceptor acceptor)
      : io_(std::move(io)), acceptor_(std::move(acceptor)) {
    error_code ignored;
    auto here = acceptor_.local_endpoint(ignored);
    protocol_ = here.protocol();
    local_ = to_text(here);
  }

  caf::expected<socket_ptr> accept() override {
    error_code why;
    tcp::socket socket{*io_};
    int fd = -1;
    do
      fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    adopt(socket, protocol_, fd, why);
    if (!why)
      return socket_ptr{std::make_shared<asio_socket>(io_, std::move(socket))};
    if (why == asio::error::would_block || why == asio::error::try_again
        || why == asio::error::connection_aborted || why.value() == EPROTO)
      return socket_ptr{};
    return failed("accept", why);
  }

  void set_owner(listener_owner_actor owner) override {
    owner_.set(owner);
  }

  void want_acceptable() override {
    acceptor_.async_wait(tcp::acceptor::wait_read,
                         [owner = owner_](const error_code& why) {
                           if (why != asio::error::operation_aborted)
                             owner.tell(socket_acceptable{});
                         });
  }

  std::string local_address() const override {
    return local_;
  }

private:
  io_context_ptr io_;
  tcp::acceptor acceptor_;
  tcp protocol_ = tcp::v4();
  caf_version::weak_owner<listener_owner_actor> owner_;
  std::string local_;
};

} // namespace

void open_for_us(tcp::socket& x, const tcp& protocol, error_code& why) {
  open_socket(x, protocol, why);
}

void open_for_us(tcp::acceptor& x, const tcp& protocol, error_code& why) {
  open_socket(x, protocol, why);
}

socket_ptr make_stream(io_context_ptr io, tcp::socket socket) {
  return std::make_shared<asio_socket>(std::move(io), std::move(socket));
}

listener_ptr make_listener(io_context_ptr io, tcp::acceptor acceptor) {
  return std::make_shared<asio_listener>(std::move(io), std::move(acceptor));
}

} // namespace cafmesh::asio_sockets
