#include <cafmesh/transport.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/weak_owner.hpp"
#include "actors/network/event_loop.hpp"
#include "actors/network/name_lookup.hpp"
#include "actors/network/per_process.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/type_ids.hpp>

// The transport over real sockets. Asio only waits for events: its handlers
// send a message to the actor that owns the socket, and the event loop then
// runs that actor. References to owners are weak, so that a pending wait does
// not keep an actor alive.

namespace cafmesh {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

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

// Rejects the name of an interface that does not exist. Asio would ignore the
// name, and the system would then report an invalid argument for the link-local
// address.
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

// Takes over a socket that was opened with close-on-exec in a single call, so
// that a program which the application starts meanwhile does not inherit it.
// Asio would need two calls.
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
void open_for_us(Socket& x, const tcp& protocol, error_code& why) {
  adopt(x, protocol,
        ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP),
        why);
}

// Sets the options of PROTOCOL.md, "Introduction and frames". No delay: small
// messages leave immediately. Linger 0: closing discards unsent data.
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
  asio_socket(std::shared_ptr<asio::io_context> io, tcp::socket socket)
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
      if (n >= 0)
        return {io_status::done, static_cast<std::size_t>(n), {}};
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

  bool acknowledged_within(std::chrono::milliseconds time) const override {
    // The cast is needed because Asio's native_handle() is not a const member
    // function.
    auto& socket = const_cast<tcp::socket&>(socket_);
    tcp_info info{};
    socklen_t size = sizeof(info);
    return ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info,
                        &size)
             != 0
           || std::chrono::milliseconds{info.tcpi_last_ack_recv} <= time;
  }

  std::string local_address() const override {
    return local_;
  }
  std::string remote_address() const override {
    return remote_;
  }

private:
  static io_result failure(const char* what) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return {io_status::not_ready, 0, {}};
    return {io_status::failed, 0,
            failed(what, error_code{errno, boost::system::system_category()})};
  }

  // Declared first, so that it outlives the socket.
  std::shared_ptr<asio::io_context> io_;
  tcp::socket socket_;
  caf_version::weak_owner<socket_owner_actor> owner_;
  std::string local_;
  std::string remote_;
};

// -- listening

class asio_listener : public listener {
public:
  asio_listener(std::shared_ptr<asio::io_context> io, tcp::acceptor acceptor)
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
  std::shared_ptr<asio::io_context> io_;
  tcp::acceptor acceptor_;
  tcp protocol_ = tcp::v4();
  caf_version::weak_owner<listener_owner_actor> owner_;
  std::string local_;
};

// -- transport

// Opens a socket to make Asio open its own descriptors now. Asio throws if none
// are left, which must not happen later.
std::shared_ptr<asio::io_context> make_io() {
  auto result = std::make_shared<asio::io_context>(1);
  const tcp::socket opens_the_reactor{*result};
  return result;
}

class asio_transport : public transport {
public:
  asio_transport()
      : io_(make_io()), work_(io_->get_executor()),
        loop_({[io = io_] { return io->run_one() > 0; },
               [io = io_] {
                 return io->poll_one() > 0;
               }}) {
  }

  asio_transport(const asio_transport&) = delete;
  asio_transport& operator=(const asio_transport&) = delete;
  ~asio_transport() override {
    if (is_of_parent())
      // Leaks the io_context, because its destructor would use descriptors that
      // the parent still uses and locks whose holders are gone.
      static_cast<void>(new std::shared_ptr<asio::io_context>(io_));
    else
      io_->stop();
  }

  caf::expected<listener_ptr> listen(const std::string& host,
                                     std::uint16_t port) override {
    if (is_of_parent())
      return make_error(errc::socket_failed,
                        "this transport belongs to the process that forked "
                        "this one; call system_transport here");
    auto address = parse_address(host);
    if (!address)
      return std::move(address.error());
    error_code why;
    tcp::endpoint where{*address, port};
    tcp::acceptor acceptor{*io_};
    open_for_us(acceptor, where.protocol(), why);
    if (!why)
      acceptor.set_option(tcp::acceptor::reuse_address{true}, why);
    if (!why)
      acceptor.bind(where, why);
    if (!why)
      acceptor.listen(asio::socket_base::max_listen_connections, why);
    if (!why)
      acceptor.non_blocking(true, why);
    if (why == asio::error::address_in_use)
      return make_error(errc::address_in_use, to_text(where) + " is taken");
    if (why)
      return failed("cannot listen on " + to_text(where), why);
    return listener_ptr{
      std::make_shared<asio_listener>(io_, std::move(acceptor))};
  }

  void resolve(const std::string& host, dial_owner_actor who) override {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (no_address)
      return look_up(host, who);
    if (auto numeric = parse_address(host))
      caf::anon_send(who, name_resolved{{numeric->to_string()}});
    else
      caf::anon_send(who, name_unresolved{std::move(numeric.error())});
  }

  void connect(const std::string& from, const std::string& address,
               std::uint16_t port, dial_owner_actor who) override {
    auto parsed = parse_address(address);
    if (!parsed) {
      caf::anon_send(who, connect_failed{std::move(parsed.error())});
      return;
    }
    error_code why;
    tcp::endpoint to{*parsed, port};
    auto socket = std::make_shared<tcp::socket>(*io_);
    open_for_us(*socket, to.protocol(), why);
    if (!why && !from.empty()) {
      auto here = asio::ip::make_address(from, why);
      if (!why && here.is_v4() == to.address().is_v4())
        socket->bind({here, 0}, why);
    }
    if (why) {
      caf::anon_send(who, connect_failed{failed("connect", why)});
      return;
    }
    // The reference is weak, because a handler that waits in the reactor must
    // not keep the reactor alive.
    std::weak_ptr<asio::io_context> io = io_;
    end_with(who, socket);
    socket->async_connect(
      to, [io, socket, who = std::move(who)](const error_code& failure) {
        if (failure)
          caf::anon_send(who, connect_failed{failed("connect", failure)});
        else
          caf::anon_send(who, socket_connected{std::make_shared<asio_socket>(
                                io.lock(), std::move(*socket))});
      });
  }

private:
  // Closes the socket when the dialler ends. Otherwise the system would go on
  // dialling for minutes.
  void end_with(const dial_owner_actor& who,
                const std::shared_ptr<tcp::socket>& socket) {
    std::weak_ptr<asio::io_context> weak_io = io_;
    std::weak_ptr<tcp::socket> weak_socket = socket;
    caf::actor_cast<caf::abstract_actor*>(who)->attach_functor(
      [weak_io, weak_socket] {
        auto io = weak_io.lock();
        if (!io)
          return;
        // Closes nothing after a successful dial, because the socket was moved
        // away.
        asio::post(*io, [weak_socket] {
          error_code ignored;
          if (auto dialled = weak_socket.lock())
            dialled->close(ignored);
        });
      });
  }

  // Whether a parent process made this transport. A forked child has a copy of
  // the parent's memory and shares its descriptors, but has none of its
  // threads.
  bool is_of_parent() const {
    return process_ != ::getpid();
  }

  const pid_t process_ = ::getpid();
  std::shared_ptr<asio::io_context> io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  event_loop loop_; // declared last, to be destroyed first
};

struct shared_transport {
  std::mutex guard;
  std::weak_ptr<transport> current;
};

} // namespace

transport_ptr system_transport() {
  static per_process<shared_transport> here;
  auto& ours = here.get();
  std::lock_guard<std::mutex> lock{ours.guard};
  auto result = ours.current.lock();
  if (!result) {
    result = std::make_shared<asio_transport>();
    ours.current = result;
  }
  return result;
}

} // namespace cafmesh
