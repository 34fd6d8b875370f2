#include <cafmesh/transport.hpp>

#include <unistd.h>

#include <mutex>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include "actors/network/asio_sockets.hpp"
#include "actors/network/event_loop.hpp"
#include "actors/network/event_loop_call.hpp"
#include "actors/network/name_lookup.hpp"
#include "actors/network/per_process.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

// The transport over the system's sockets: listens, looks names up and dials.
// Messages tell actors about the results and about sockets that are ready.

namespace cafmesh {

namespace {

namespace asio = boost::asio;
using namespace asio_sockets;

// Opens a socket to make Asio open its own descriptors now. If the process has
// no descriptors left, Asio throws now, not later.
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
      // Leaks the io_context in a forked child, because its destructor would
      // use descriptors that the parent still uses, and locks that nobody in
      // the child can release.
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
    return make_listener(io_, std::move(acceptor));
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
    // The reference is weak, because a handler that waits in the io_context
    // must not keep the io_context alive.
    std::weak_ptr<asio::io_context> io = io_;
    end_with(who, socket);
    socket->async_connect(
      to, [io, socket, who = std::move(who)](const error_code& failure) {
        if (failure)
          caf::anon_send(who, connect_failed{failed("connect", failure)});
        else
          caf::anon_send(
            who, socket_connected{make_stream(io.lock(), std::move(*socket))});
      });
  }

  void call(std::function<void()> f) {
    asio::post(*io_, std::move(f));
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
        // After a successful dial, there is nothing to close here, because the
        // socket was moved away.
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
  std::weak_ptr<asio_transport> current;
};

per_process<shared_transport> of_this_process;

} // namespace

transport_ptr system_transport() {
  auto& ours = of_this_process.get();
  std::lock_guard<std::mutex> lock{ours.guard};
  auto result = ours.current.lock();
  if (!result) {
    result = std::make_shared<asio_transport>();
    ours.current = result;
  }
  return result;
}

bool call_on_event_loop(std::function<void()> f) {
  auto& ours = of_this_process.get();
  std::unique_lock<std::mutex> lock{ours.guard};
  auto found = ours.current.lock();
  lock.unlock(); // this may be the last reference
  if (found)
    found->call(std::move(f));
  return found != nullptr;
}

} // namespace cafmesh
