#include "tools/http/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace http {

namespace {

// The number of connections to accept before other work of this thread gets its
// turn.
constexpr int most_at_once = 64;

// The bytes of output that the system takes for a client that does not read
// them; by itself, it takes several MiB, which nothing counts.
constexpr int most_unsent = 256 * 1024;

// The wait after `accept4` has failed for lack of descriptors or memory.
constexpr std::chrono::milliseconds pause_time{100};

std::string refusal(client_counts::verdict why) {
  auto is_own = why == client_counts::verdict::client_full;
  problem x{is_own ? 429 : 503, "too_many_connections",
            is_own ? "The client has as many connections as it may."
                   : "The server has as many connections as it may."};
  auto body = to_json(x);
  std::string result = "HTTP/1.1 " + std::to_string(x.status) + " ";
  result += reason_of(x.status);
  return result
         + "\r\nContent-Type: application/problem+json\r\nContent-Length: "
         + std::to_string(body.size())
         + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body;
}

} // namespace

acceptor::acceptor(loop& on, std::shared_ptr<server_parts> shared,
                   listening_socket x, accept_handler f)
    : shared_(std::move(shared)), socket_(std::move(x)),
      accept_handler_(std::move(f)), readable_(on.io()), pause_(on.io()) {
}

acceptor::~acceptor() {
  if (!is_closed_)
    close_listening(socket_);
}

void acceptor::start() {
  if (is_closed_)
    return;
  if (!readable_.is_open())
    readable_.assign(socket_.descriptor);
  readable_.async_wait(
    boost::asio::posix::stream_descriptor::wait_read,
    [self = shared_from_this()](boost::system::error_code why) {
      if (!why)
        self->accept_some();
    });
}

void acceptor::close() {
  if (std::exchange(is_closed_, true))
    return;
  if (readable_.is_open())
    readable_.release();
  pause_.cancel();
  close_listening(socket_);
}

void acceptor::accept_some() {
  for (int i = 0; i < most_at_once && !is_closed_; ++i) {
    auto descriptor = accept4(socket_.descriptor, nullptr, nullptr,
                              SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0)
      take(descriptor);
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      break;
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS
             || errno == ENOMEM)
      return pause(errno);
    // Any other error concerns only one connection, so the acceptor goes on.
  }
  start();
}

void acceptor::pause(int why) {
  shared_->log.write(severity::warning,
                     "cannot accept connections on " + socket_.address + ": "
                       + std::strerror(why)
                       + "; raise the limit of open files if this goes on");
  pause_.expires_after(pause_time);
  pause_.async_wait([self = shared_from_this()](boost::system::error_code x) {
    if (!x)
      self->accept_some();
  });
}

void acceptor::take(int descriptor) {
  auto ends = ends_of(descriptor);
  // If there are no addresses, the client has reset the connection already.
  if (!ends) {
    ::close(descriptor);
    return;
  }
  auto verdict = shared_->clients.enter(ends->remote);
  if (verdict != client_counts::verdict::admitted)
    return refuse(descriptor, verdict);
  int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent,
             sizeof(most_unsent));
  accept_handler_(descriptor, std::move(*ends));
}

void acceptor::refuse(int descriptor, client_counts::verdict why) {
  ++shared_->refused_connections;
  shared_->log.write(severity::debug, "refused a connection: there are too "
                                      "many");
  auto text = refusal(why);
  send(descriptor, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(descriptor, SHUT_WR);
  ::close(descriptor);
}

} // namespace http
