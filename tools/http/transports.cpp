#include "tools/http/transports.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "tools/http/connection.hpp"

namespace http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

using beast::error_code;

class tls_context {
public:
  asio::ssl::context context{asio::ssl::context::tls_server};
};

namespace {

constexpr std::size_t most_at_once = 64 * 1024; // bytes of a message

// The receive buffer of a WebSocket, in bytes. The system would let that of a
// client that floods us grow to several MiB, and all of it is still handled
// once the client has gone.
constexpr int most_unread = 64 * 1024;

using protocol = asio::generic::stream_protocol;
using plain_socket = protocol::socket;
using tls_socket = beast::ssl_stream<plain_socket>;

std::vector<asio::const_buffer>
buffers_of(const std::vector<std::string_view>& xs) {
  std::vector<asio::const_buffer> result;
  result.reserve(xs.size());
  for (auto x : xs)
    result.emplace_back(x.data(), x.size());
  return result;
}

/// A connection after it has become a WebSocket.
template <class Stream>
class socket_session
    : public std::enable_shared_from_this<socket_session<Stream>> {
public:
  socket_session(Stream stream, std::shared_ptr<connection> whom,
                 std::shared_ptr<socket_queue> queue)
      : stream_(std::move(stream)), whom_(std::move(whom)),
        queue_(std::move(queue)) {
  }

  void begin(const request& from, const std::shared_ptr<executor>& thread);
  void close() {
    error_code ignored;
    beast::get_lowest_layer(stream_).close(ignored);
  }

private:
  void read();
  void on_read(error_code why);
  void handle_message();
  void refuse();
  bool has_failed();
  void watch_for_reset();
  void read_on();
  void pump();
  void end();

  websocket::stream<Stream> stream_;
  std::shared_ptr<connection> whom_; // null once ended
  std::shared_ptr<socket_queue> queue_;
  beast::http::request<beast::http::empty_body> request_;
  beast::flat_buffer received_;
  socket_message sent_;
  bool is_writing_ = true; // until the handshake is done
  bool is_closing_ = false;
  bool is_paused_ = false; // no read is in flight
};

template <class Stream>
void socket_session<Stream>::begin(const request& from,
                                   const std::shared_ptr<executor>& thread) {
  request_.method(beast::http::verb::get);
  request_.target("/");
  request_.version(11);
  for (auto name : {"Host", "Connection", "Upgrade", "Sec-WebSocket-Key",
                    "Sec-WebSocket-Version"})
    if (auto value = from.header(name))
      request_.set(name, beast::string_view{value->data(), value->size()});
  error_code ignored;
  beast::get_lowest_layer(stream_).set_option(
    asio::socket_base::receive_buffer_size{most_unread}, ignored);
  watch_for_reset();
  const auto& options = queue_->options;
  stream_.set_option(websocket::stream_base::timeout{std::chrono::seconds{10},
                                                     options.idle, true});
  stream_.read_message_max(options.most_message_bytes);
  std::weak_ptr<socket_session> weak = this->shared_from_this();
  queue_->attach([thread, weak] {
    thread->post([weak] {
      if (auto self = weak.lock())
        self->pump();
    });
  });
  stream_.async_accept(request_,
                       [self = this->shared_from_this()](error_code why) {
                         if (why)
                           return self->end();
                         self->is_writing_ = false;
                         self->read();
                         self->pump();
                       });
}

template <class Stream>
void socket_session<Stream>::read() {
  stream_.async_read_some(
    received_, most_at_once,
    [self = this->shared_from_this()](error_code why, std::size_t) {
      self->on_read(why);
    });
}

template <class Stream>
void socket_session<Stream>::on_read(error_code why) {
  if (why || !whom_)
    return end();
  auto is_whole = stream_.is_message_done();
  if (!whom_->on_unhandled_bytes(received_.size(), is_whole,
                                 received_.capacity()))
    return refuse();
  if (is_whole)
    return handle_message();
  read();
}

template <class Stream>
void socket_session<Stream>::refuse() {
  received_ = {};
  whom_->on_unhandled_bytes(0);
  queue_->close(websocket::close_code::try_again_later);
}

// Ends the session as soon as the client has reset the connection. Otherwise,
// what it has sent before would still be read.
template <class Stream>
void socket_session<Stream>::watch_for_reset() {
  std::weak_ptr<socket_session> weak = this->shared_from_this();
  beast::get_lowest_layer(stream_).async_wait(
    plain_socket::wait_error, [weak](error_code why) {
      auto self = weak.lock();
      // Urgent data ends the wait as well. It is not waited for again, because
      // a client could keep the thread busy with it.
      if (self && !why && self->has_failed())
        self->end();
    });
}

template <class Stream>
bool socket_session<Stream>::has_failed() {
  pollfd x{beast::get_lowest_layer(stream_).native_handle(), 0, 0};
  return ::poll(&x, 1, 0) == 1 && (x.revents & POLLERR) != 0;
}

template <class Stream>
void socket_session<Stream>::handle_message() {
  auto data = received_.cdata();
  whom_->on_socket_bytes(data.size(), 0);
  socket_message x{
    stream_.got_text(),
    std::string{static_cast<const char*>(data.data()), data.size()}};
  received_ = {};
  try {
    queue_->received(std::move(x));
  } catch (const std::exception&) {
    return end();
  }
  if (!whom_)
    return;
  whom_->on_unhandled_bytes(0);
  is_paused_ = true;
  read_on();
}

// Reads the next message unless the last one is still being handled.
template <class Stream>
void socket_session<Stream>::read_on() {
  if (!is_paused_ || !whom_ || queue_->is_paused())
    return;
  is_paused_ = false;
  read();
}

template <class Stream>
void socket_session<Stream>::pump() {
  read_on();
  if (!whom_ || is_closing_)
    return;
  if (queue_->closing() != 0)
    whom_->on_socket_closing();
  if (is_writing_)
    return;
  if (queue_->take(sent_)) {
    is_writing_ = true;
    whom_->on_socket_write(sent_.data.size());
    stream_.text(sent_.is_text);
    return stream_.async_write(
      asio::const_buffer{sent_.data.data(), sent_.data.size()},
      [self = this->shared_from_this()](error_code why, std::size_t) {
        self->is_writing_ = false;
        if (why)
          return self->end();
        auto size = self->sent_.data.size();
        if (self->whom_) {
          self->whom_->on_socket_written();
          self->whom_->on_socket_bytes(0, size);
        }
        self->queue_->written(size);
        self->pump();
      });
  }
  auto code = queue_->closing();
  if (code == 0)
    return;
  is_closing_ = true;
  stream_.async_close(
    static_cast<websocket::close_code>(code),
    [self = this->shared_from_this()](error_code) { self->end(); });
}

template <class Stream>
void socket_session<Stream>::end() {
  if (auto whom = std::exchange(whom_, nullptr))
    whom->on_socket_end();
}

template <class Stream>
class stream_transport : public transport {
public:
  stream_transport(Stream stream, std::shared_ptr<executor> thread,
                   std::shared_ptr<tls_context> tls)
      : tls_(std::move(tls)), stream_(std::move(stream)),
        thread_(std::move(thread)) {
  }

  void handshake(std::shared_ptr<connection> whom) override {
    if constexpr (std::is_same_v<Stream, tls_socket>)
      stream_.async_handshake(
        asio::ssl::stream_base::server,
        [whom = std::move(whom)](error_code why) { whom->on_handshake(!why); });
  }

  void read(std::shared_ptr<connection> whom, char* to,
            std::size_t size) override {
    stream_.async_read_some(
      asio::mutable_buffer{to, size},
      [whom = std::move(whom)](error_code why, std::size_t read) {
        whom->on_read(why ? 0 : read);
      });
  }

  void write(std::shared_ptr<connection> whom,
             const std::vector<std::string_view>& what) override {
    auto done = [whom = std::move(whom)](error_code why, std::size_t sent) {
      whom->on_written(why ? 0 : sent);
    };
    if (what.size() == 1)
      stream_.async_write_some(
        asio::const_buffer{what[0].data(), what[0].size()}, std::move(done));
    else
      stream_.async_write_some(buffers_of(what), std::move(done));
  }

  void finish(std::shared_ptr<connection> whom) override {
    error_code ignored;
    if constexpr (std::is_same_v<Stream, tls_socket>)
      stream_.async_shutdown([whom = std::move(whom)](error_code) {});
    else
      stream_.shutdown(plain_socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    if (session_)
      session_->close();
    else
      beast::get_lowest_layer(stream_).close(ignored);
    session_ = nullptr;
  }

  void upgrade(std::shared_ptr<connection> whom, const request& from,
               std::shared_ptr<socket_queue> queue,
               std::string_view given) override {
    session_ = std::make_shared<socket_session<Stream>>(std::move(stream_),
                                                        whom, std::move(queue));
    // A client must not send frames before it has the answer, so earlier bytes
    // are an error.
    if (!given.empty())
      return whom->close();
    session_->begin(from, thread_);
  }

private:
  std::shared_ptr<tls_context> tls_;
  Stream stream_;
  std::shared_ptr<executor> thread_;
  std::shared_ptr<socket_session<Stream>> session_;
};

int family_of(int descriptor) {
  int result = AF_INET;
  socklen_t size = sizeof(result);
  getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &result, &size);
  return result;
}

// Asks the system why the file cannot be opened, because OpenSSL does not say
// why.
std::string reason(const std::string& file, const error_code& why) {
  return ::access(file.c_str(), R_OK) == 0 ? why.message()
                                           : std::strerror(errno);
}

} // namespace

failure read_tls(const std::string& certificate_file,
                 const std::string& key_file,
                 std::shared_ptr<tls_context>& to) {
  auto result = std::make_shared<tls_context>();
  auto& x = result->context;
  error_code why;
  x.set_options(asio::ssl::context::default_workarounds
                  | asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3
                  | asio::ssl::context::no_tlsv1
                  | asio::ssl::context::no_tlsv1_1,
                why);
  // Makes OpenSSL free the buffers of idle connections.
  SSL_CTX_set_mode(x.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(x.native_handle(), SSL_OP_NO_RENEGOTIATION);
  x.use_certificate_chain_file(certificate_file, why);
  if (why)
    return {0, "cannot read the certificate " + certificate_file + ": "
                 + reason(certificate_file, why)};
  x.use_private_key_file(key_file, asio::ssl::context::pem, why);
  if (why)
    return {0,
            "cannot read the key " + key_file + ": " + reason(key_file, why)};
  to = std::move(result);
  return {};
}

std::unique_ptr<transport> make_transport(asio::io_context& io,
                                          std::shared_ptr<executor> thread,
                                          int descriptor,
                                          std::shared_ptr<tls_context> tls) {
  plain_socket socket{io};
  error_code ignored;
  socket.assign(protocol{family_of(descriptor), 0}, descriptor, ignored);
  if (!tls)
    return std::make_unique<stream_transport<plain_socket>>(
      std::move(socket), std::move(thread), nullptr);
  tls_socket encrypted{std::move(socket), tls->context};
  return std::make_unique<stream_transport<tls_socket>>(
    std::move(encrypted), std::move(thread), std::move(tls));
}

} // namespace http
