#include "tools/meshd/api/http_session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <chrono>
#include <deque>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>

namespace meshd {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using beast::error_code;
using std::chrono::seconds;

constexpr std::size_t largest_header = 16 * 1024;
constexpr std::size_t largest_body = 8 * 1024 * 1024 + 1024;
constexpr std::size_t stream_buffer = 128 * 1024;
constexpr std::size_t socket_buffer = 1024 * 1024;
constexpr seconds reading_time{30};
constexpr seconds idle_time{75};
constexpr seconds writing_time{60};

std::size_t open_sessions = 0;

using plain_stream = beast::basic_stream<asio::generic::stream_protocol>;
using tls_stream = beast::ssl_stream<plain_stream>;
using request_type = http::request<http::string_body>;

template <class Stream>
class session;

// -- streams of events

template <class Stream>
class event_connection
    : public event_sink,
      public std::enable_shared_from_this<event_connection<Stream>> {
public:
  explicit event_connection(std::shared_ptr<session<Stream>> x)
      : session_(std::move(x)) {
  }

  bool has_room() const override {
    return is_open_ && bytes_ < stream_buffer;
  }
  void send(std::string text) override {
    if (!is_open_)
      return;
    bytes_ += text.size();
    waiting_.push_back(std::move(text));
    if (waiting_.size() == 1)
      write();
  }
  void close() override {
    end();
  }
  void set_handlers(std::function<void()> on_room,
                    std::function<void()> on_end) override {
    on_room_ = std::move(on_room);
    on_end_ = std::move(on_end);
  }

  void begin() {
    send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
         "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
         "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
    watch();
  }

private:
  void write() {
    session_->lowest().expires_after(writing_time);
    asio::async_write(
      session_->stream(), asio::buffer(waiting_.front()),
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->end();
        self->written();
      });
  }

  void written() {
    bytes_ -= waiting_.front().size();
    waiting_.pop_front();
    if (!waiting_.empty())
      write();
    else if (is_open_ && on_room_) {
      auto f = on_room_;
      f();
    }
  }

  // The client sends nothing more, so a read ends when the client has gone.
  void watch() {
    session_->lowest().expires_never();
    session_->stream().async_read_some(
      asio::buffer(&ignored_, 1),
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->end();
        self->watch();
      });
  }

  void end() {
    if (!std::exchange(is_open_, false))
      return;
    session_->close();
    on_room_ = nullptr;
    if (auto f = std::exchange(on_end_, nullptr))
      f();
  }

  std::shared_ptr<session<Stream>> session_;
  std::deque<std::string> waiting_;
  std::size_t bytes_ = 0;
  bool is_open_ = true;
  char ignored_ = 0;
  std::function<void()> on_room_;
  std::function<void()> on_end_;
};

// -- WebSockets

template <class Stream>
class socket_connection
    : public socket_sink,
      public std::enable_shared_from_this<socket_connection<Stream>> {
public:
  socket_connection(std::shared_ptr<session<Stream>> x)
      : session_(std::move(x)), socket_(session_->stream()) {
  }

  bool has_room() const override {
    return is_open_ && bytes_ < socket_buffer;
  }
  void send(bool is_text, std::string data) override {
    if (!is_open_)
      return;
    bytes_ += data.size();
    waiting_.emplace_back(is_text, std::move(data));
    if (is_ready_ && waiting_.size() == 1)
      write();
  }
  void close() override {
    if (!is_open_ || std::exchange(is_closing_, true))
      return;
    if (is_ready_ && waiting_.empty())
      send_close();
  }
  void set_handlers(std::function<void(bool, std::string)> on_message,
                    std::function<void()> on_end) override {
    on_message_ = std::move(on_message);
    on_end_ = std::move(on_end);
  }

  void begin(const request_type& request) {
    session_->lowest().expires_never();
    auto limits =
      websocket::stream_base::timeout::suggested(beast::role_type::server);
    limits.idle_timeout = seconds{60};
    limits.keep_alive_pings = true;
    socket_.set_option(limits);
    socket_.read_message_max(largest_body);
    socket_.async_accept(request,
                         [self = this->shared_from_this()](error_code why) {
                           if (why)
                             return self->end();
                           self->is_ready_ = true;
                           self->read();
                           if (!self->waiting_.empty())
                             self->write();
                           else if (self->is_closing_)
                             self->send_close();
                         });
  }

private:
  void read() {
    socket_.async_read(
      input_, [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->end();
        auto data = beast::buffers_to_string(self->input_.data());
        self->input_.consume(self->input_.size());
        if (auto f = self->on_message_)
          f(self->socket_.got_text(), std::move(data));
        if (self->is_open_)
          self->read();
      });
  }

  void write() {
    socket_.text(waiting_.front().first);
    socket_.async_write(
      asio::buffer(waiting_.front().second),
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->end();
        self->bytes_ -= self->waiting_.front().second.size();
        self->waiting_.pop_front();
        if (!self->waiting_.empty())
          self->write();
        else if (self->is_closing_)
          self->send_close();
      });
  }

  void send_close() {
    socket_.async_close(
      websocket::close_code::going_away,
      [self = this->shared_from_this()](error_code) { self->end(); });
  }

  void end() {
    if (!std::exchange(is_open_, false))
      return;
    session_->close();
    on_message_ = nullptr;
    if (auto f = std::exchange(on_end_, nullptr))
      f();
  }

  std::shared_ptr<session<Stream>> session_;
  websocket::stream<Stream&> socket_;
  beast::flat_buffer input_;
  std::deque<std::pair<bool, std::string>> waiting_;
  std::size_t bytes_ = 0;
  bool is_ready_ = false;
  bool is_open_ = true;
  bool is_closing_ = false;
  std::function<void(bool, std::string)> on_message_;
  std::function<void()> on_end_;
};

// -- requests

template <class Stream>
class incoming_request : public incoming {
public:
  incoming_request(std::shared_ptr<session<Stream>> x, request_type request)
      : session_(std::move(x)), request_(std::move(request)) {
  }

  std::string method() const override {
    return request_.method_string().to_string();
  }
  std::string target() const override {
    return request_.target().to_string();
  }
  std::optional<std::string> header(const std::string& name) const override {
    auto i = request_.find(name);
    if (i == request_.end())
      return std::nullopt;
    return i->value().to_string();
  }
  const std::string& body() const override {
    return request_.body();
  }
  std::string local_host() const override {
    return session_->local().first;
  }
  std::string local_port() const override {
    return session_->local().second;
  }
  bool is_encrypted() const override {
    return session<Stream>::is_encrypted;
  }
  void reply(int status, const std::string& type, std::string body,
             const header_list& headers) override {
    session_->reply(status, type, std::move(body), headers,
                    request_.keep_alive());
  }
  std::shared_ptr<event_sink> open_events() override {
    auto result = std::make_shared<event_connection<Stream>>(session_);
    result->begin();
    return result;
  }
  std::shared_ptr<socket_sink> open_socket() override {
    if (!websocket::is_upgrade(request_)) {
      reply(426, "text/plain", "This path is a WebSocket.\n",
            {{"Upgrade", "websocket"}});
      return nullptr;
    }
    auto result = std::make_shared<socket_connection<Stream>>(session_);
    result->begin(request_);
    return result;
  }

private:
  std::shared_ptr<session<Stream>> session_;
  request_type request_;
};

// -- connections

template <class Stream>
class session : public std::enable_shared_from_this<session<Stream>> {
public:
  static constexpr bool is_encrypted = !std::is_same_v<Stream, plain_stream>;

  template <class... Ts>
  session(dispatcher& paths, Ts&&... xs)
      : paths_(paths), stream_(std::forward<Ts>(xs)...) {
    ++open_sessions;
    sockaddr_storage where{};
    socklen_t size = sizeof(where);
    auto descriptor = lowest().socket().native_handle();
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size);
    local_ = host_and_port_of(where);
    int yes = 1;
    if (!local_.first.empty())
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  ~session() {
    --open_sessions;
  }

  Stream& stream() {
    return stream_;
  }
  plain_stream& lowest() {
    return beast::get_lowest_layer(stream_);
  }
  const std::pair<std::string, std::string>& local() const {
    return local_;
  }

  void start() {
    if constexpr (is_encrypted) {
      lowest().expires_after(reading_time);
      stream_.async_handshake(
        asio::ssl::stream_base::server,
        [self = this->shared_from_this()](error_code why) {
          if (!why)
            self->read(reading_time);
        });
    } else {
      read(reading_time);
    }
  }

  void reply(int status, const std::string& type, std::string body,
             const header_list& headers, bool keep_alive) {
    auto& x = response_.emplace();
    x.version(11);
    x.result(static_cast<unsigned>(status));
    x.set(http::field::cache_control, "no-store");
    x.set("X-Content-Type-Options", "nosniff");
    if (!type.empty())
      x.set(http::field::content_type, type);
    for (const auto& each : headers)
      x.set(each.first, each.second);
    x.keep_alive(keep_alive);
    x.body() = std::move(body);
    if (status != 204 && status != 304)
      x.content_length(x.body().size());
    lowest().expires_after(writing_time);
    http::async_write(stream_, x,
                      [self = this->shared_from_this(),
                       keep_alive](error_code why, std::size_t) {
                        if (why || !keep_alive)
                          return self->close();
                        self->read(idle_time);
                      });
  }

  void close() {
    error_code ignored;
    lowest().socket().shutdown(asio::socket_base::shutdown_both, ignored);
    lowest().close();
  }

private:
  void read(seconds time) {
    parser_.emplace();
    parser_->header_limit(largest_header);
    parser_->body_limit(largest_body);
    lowest().expires_after(time);
    http::async_read_header(
      stream_, input_, *parser_,
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->fail(why);
        self->have_header();
      });
  }

  void have_header() {
    const auto& header = parser_->get();
    request_type copy{header.base()};
    incoming_request<Stream> view{this->shared_from_this(), std::move(copy)};
    refusal_ = paths_.refusal(view);
    // A short body is read, so that the connection can go on.
    auto length = parser_->content_length();
    constexpr std::uint64_t short_body = 64 * 1024;
    if (refusal_ && !parser_->is_done() && (!length || *length > short_body))
      return refuse(*refusal_);
    if (parser_->is_done())
      return have_body();
    if (beast::iequals(header[http::field::expect], "100-continue"))
      return ask_for_body();
    read_body();
  }

  void ask_for_body() {
    static constexpr char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(
      stream_, asio::buffer(go_on, sizeof(go_on) - 1),
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (!why)
          self->read_body();
      });
  }

  void read_body() {
    lowest().expires_after(reading_time);
    http::async_read(
      stream_, input_, *parser_,
      [self = this->shared_from_this()](error_code why, std::size_t) {
        if (why)
          return self->fail(why);
        self->have_body();
      });
  }

  void have_body() {
    if (refusal_)
      return refuse(*refusal_);
    paths_.dispatch(std::make_shared<incoming_request<Stream>>(
      this->shared_from_this(), parser_->release()));
  }

  // A refused request ends the connection if its body is not read.
  void refuse(const problem& why) {
    header_list headers;
    if (why.status == 401)
      headers.emplace_back("WWW-Authenticate", "Bearer");
    if (why.status == 503)
      headers.emplace_back("Retry-After", "1");
    reply(why.status, "application/problem+json", text_of(json_of(why)) + "\n",
          headers, parser_->is_done() && parser_->get().keep_alive());
  }

  void fail(error_code why) {
    problem shown{400, "malformed", "This is no HTTP request.", {}};
    if (why == http::error::body_limit)
      shown = {413, "too_large", "The body is too large.", "Split the data."};
    else if (why == http::error::header_limit)
      shown = {431, "too_large", "The header is too large.", {}};
    else if (why.category()
               != make_error_code(http::error::bad_version).category()
             || why == http::error::end_of_stream
             || why == http::error::partial_message)
      return close();
    reply(shown.status, "application/problem+json",
          text_of(json_of(shown)) + "\n", {}, false);
  }

  dispatcher& paths_;
  Stream stream_;
  std::pair<std::string, std::string> local_;
  beast::flat_buffer input_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<problem> refusal_;
};

} // namespace

void start_session(asio::generic::stream_protocol::socket socket,
                   const std::shared_ptr<asio::ssl::context>& tls,
                   dispatcher& paths) {
  if (tls)
    std::make_shared<session<tls_stream>>(paths,
                                          plain_stream{std::move(socket)}, *tls)
      ->start();
  else
    std::make_shared<session<plain_stream>>(paths, std::move(socket))->start();
}

std::size_t http_sessions() {
  return open_sessions;
}

std::pair<std::string, std::string>
host_and_port_of(const sockaddr_storage& x) {
  char host[INET6_ADDRSTRLEN] = {};
  if (x.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(x);
    inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
    return {host, std::to_string(ntohs(v4.sin_port))};
  }
  if (x.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(x);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
    return {host, std::to_string(ntohs(v6.sin6_port))};
  }
  return {};
}

} // namespace meshd
