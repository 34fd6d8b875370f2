#include "tools/meshctl/http/http_client.hpp"

#include <cstdint>
#include <cstring>
#include <limits>

#include <netdb.h>
#include <sys/un.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/http/waiting_socket.hpp"

namespace meshctl {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using boost::system::error_code;

constexpr std::uint64_t largest_body = 64 * 1024 * 1024;
constexpr std::chrono::milliseconds longest_silence{60000};

failure unreachable(const std::string& text, const std::string& advice = {}) {
  return failure{exit_code::unreachable, text, advice};
}

/// Adapts a socket to the interface that Asio's TLS stream expects.
class socket_stream {
public:
  using executor_type = asio::io_context::executor_type;
  using lowest_layer_type = socket_stream;

  explicit socket_stream(asio::io_context& context) : context_(context) {
  }

  executor_type get_executor() noexcept {
    return context_.get_executor();
  }
  socket_stream& lowest_layer() noexcept {
    return *this;
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& to, error_code& ec) {
    asio::mutable_buffer buffer = *asio::buffer_sequence_begin(to);
    auto error = 0;
    auto count = socket.read(buffer.data(), buffer.size(), error);
    ec = {error, boost::system::system_category()};
    if (count == 0 && error == 0 && buffer.size() > 0)
      ec = asio::error::eof;
    return count;
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    asio::const_buffer buffer = *asio::buffer_sequence_begin(from);
    auto error = 0;
    auto count = socket.write(buffer.data(), buffer.size(), error);
    ec = {error, boost::system::system_category()};
    return count;
  }

  waiting_socket socket;

private:
  asio::io_context& context_;
};

/// A socket with or without TLS, so that both share the HTTP code.
class any_stream {
public:
  virtual ~any_stream() = default;
  virtual std::size_t read(asio::mutable_buffer to, error_code& ec) = 0;
  virtual std::size_t write(asio::const_buffer from, error_code& ec) = 0;

  template <class Buffers>
  std::size_t read_some(const Buffers& to, error_code& ec) {
    return read(*asio::buffer_sequence_begin(to), ec);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& to) {
    error_code ec;
    auto result = read_some(to, ec);
    return ec ? throw boost::system::system_error{ec} : result;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    // Gathers small buffers, such as those of a header, into one write.
    char gathered[8 * 1024];
    asio::const_buffer first = *asio::buffer_sequence_begin(from);
    if (first.size() >= sizeof(gathered))
      return write(first, ec);
    return write(
      asio::buffer(gathered, asio::buffer_copy(asio::buffer(gathered), from)),
      ec);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    error_code ec;
    auto result = write_some(from, ec);
    return ec ? throw boost::system::system_error{ec} : result;
  }
};

template <class Stream>
class stream_of : public any_stream {
public:
  explicit stream_of(Stream& next) : next_(next) {
  }
  std::size_t read(asio::mutable_buffer to, error_code& ec) override {
    return next_.read_some(asio::mutable_buffers_1{to}, ec);
  }
  std::size_t write(asio::const_buffer from, error_code& ec) override {
    return next_.write_some(asio::const_buffers_1{from}, ec);
  }

private:
  Stream& next_;
};

} // namespace

class http_client::connection {
public:
  connection(const endpoint& where, const client_options& options,
             const deadline& until)
      : socket_(context_) {
    socket_.socket.set_deadline(until);
    if (where.is_unix)
      connect_unix(where);
    else
      connect_tcp(where);
    if (where.is_tls)
      begin_tls(where, options);
    else
      stream_ = std::make_unique<stream_of<socket_stream>>(socket_);
  }

  bool is_stale() const {
    return !stays_open || socket_.socket.is_stale();
  }
  void set_deadline(const deadline& until) {
    socket_.socket.set_deadline(until);
  }
  any_stream& stream() {
    return *stream_;
  }

  /// Bytes that were read beyond the last response.
  beast::flat_buffer buffer;

  /// Whether another request may follow.
  bool stays_open = true;

private:
  void connect_unix(const endpoint& where) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (where.host.size() >= sizeof(address.sun_path))
      throw failure{exit_code::usage, "the path of the socket is too long"};
    std::memcpy(address.sun_path, where.host.c_str(), where.host.size());
    auto why = socket_.socket.connect(
      AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    if (why != 0)
      throw cannot_connect(where, std::strerror(why));
  }

  void connect_tcp(const endpoint& where) {
    addrinfo wanted = {};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    auto why =
      getaddrinfo(where.host.c_str(), where.port.c_str(), &wanted, &found);
    if (why != 0)
      throw cannot_connect(where, gai_strerror(why));
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, freeaddrinfo};
    for (auto x = found; x != nullptr; x = x->ai_next)
      if ((why =
             socket_.socket.connect(x->ai_family, x->ai_addr, x->ai_addrlen))
          == 0)
        return;
    throw cannot_connect(where, std::strerror(why));
  }

  void begin_tls(const endpoint& where, const client_options& options) {
    error_code ec;
    tls_context_.set_verify_mode(asio::ssl::verify_peer);
    if (options.ca_file.empty())
      tls_context_.set_default_verify_paths(ec);
    else if (tls_context_.load_verify_file(options.ca_file, ec))
      throw failure{exit_code::usage, options.ca_file + ": " + ec.message()};
    tls_ = std::make_unique<tls_stream>(socket_, tls_context_);
    SSL_set_tlsext_host_name(tls_->native_handle(), where.host.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(where.host));
    tls_->handshake(asio::ssl::stream_base::client, ec);
    if (ec)
      throw cannot_connect(where, "TLS: " + ec.message());
    stream_ = std::make_unique<stream_of<tls_stream>>(*tls_);
  }

  static failure cannot_connect(const endpoint& where, const std::string& why) {
    return unreachable("cannot reach meshd at " + to_string(where) + ": " + why,
                       "Is meshd running there? --address or "
                       "$MESHCTL_ADDRESS names another address.");
  }

  using tls_stream = asio::ssl::stream<socket_stream&>;

  asio::io_context context_;
  socket_stream socket_;
  asio::ssl::context tls_context_{asio::ssl::context::tls_client};
  std::unique_ptr<tls_stream> tls_;
  std::unique_ptr<any_stream> stream_;
};

namespace {

using parser = http::response_parser<http::string_body>;

http::request<http::string_body> message_of(const http_request& x,
                                            const endpoint& where,
                                            const client_options& options) {
  http::request<http::string_body> result;
  result.method_string(x.method);
  result.target(x.target);
  result.version(11);
  result.set(http::field::host, host_header(where));
  result.set(http::field::user_agent, "meshctl");
  if (!options.token.empty())
    result.set(http::field::authorization, "Bearer " + options.token);
  for (const auto& header : x.headers)
    result.set(header.first, header.second);
  result.body() = x.body;
  if (x.method != "GET" || !x.body.empty())
    result.content_length(x.body.size());
  return result;
}

http_response response_of(parser& x) {
  auto& from = x.get();
  http_response result;
  result.status = from.result_int();
  result.etag = std::string{from[http::field::etag]};
  result.date = std::string{from[http::field::date]};
  result.retry_after = std::string{from[http::field::retry_after]};
  result.body = std::move(from.body());
  return result;
}

[[noreturn]] void throw_broken(const error_code& ec,
                               const beast::flat_buffer& unread) {
  const std::string_view beginning{
    static_cast<const char*>(unread.data().data()), unread.size()};
  if (beginning.rfind("weave", 0) == 0)
    throw failure{exit_code::failed,
                  "this is the address of a node for the mesh, not of its API",
                  "meshd serves its API on the address that it is given with "
                  "--http, usually 127.0.0.1:6784."};
  if (ec == http::error::body_limit || ec == http::error::header_limit)
    throw failure{exit_code::failed, "the answer is too large"};
  if (ec.category() == http::make_error_code(http::error{}).category()
      && ec != http::error::end_of_stream && ec != http::error::partial_message)
    throw failure{exit_code::failed, "the answer is not HTTP: " + ec.message(),
                  "Does the address lead to meshd?"};
  throw unreachable("the connection to meshd broke: " + ec.message());
}

void read_more(any_stream& from, beast::flat_buffer& buffer, parser& to,
               const deadline& end) {
  error_code ec;
  try {
    http::read_some(from, buffer, to, ec);
  } catch (const failure& x) {
    if (x.code() != exit_code::timed_out || is_over(end))
      throw;
    throw unreachable("meshd has sent nothing for a minute");
  }
  if (ec)
    throw_broken(ec, buffer);
}

} // namespace

http_client::http_client(endpoint where, client_options options)
    : where_(std::move(where)), options_(std::move(options)) {
}

http_client::http_client(http_client&&) noexcept = default;

http_client::~http_client() = default;

http_client::connection& http_client::usable_connection(const deadline& until) {
  if (!connection_ || connection_->is_stale())
    connection_ = std::make_unique<connection>(where_, options_, until);
  connection_->set_deadline(until);
  return *connection_;
}

http_response http_client::send(const http_request& x, const deadline& until) {
  auto& on = usable_connection(until);
  on.stays_open = false;
  error_code ec;
  auto message = message_of(x, where_, options_);
  http::write(on.stream(), message, ec);
  // Reads an answer even if writing has failed, because a server may refuse a
  // large body without reading all of it.
  auto write_error = ec;
  parser answer;
  answer.body_limit(largest_body);
  http::read(on.stream(), on.buffer, answer, ec);
  if (ec)
    throw_broken(ec, on.buffer);
  on.stays_open = !write_error && answer.get().keep_alive();
  return response_of(answer);
}

http_response
http_client::stream(const http_request& x, const deadline& until,
                    const deadline& end,
                    const std::function<bool(std::string_view)>& on_bytes) {
  auto& on = usable_connection(until);
  on.stays_open = false;
  error_code ec;
  auto message = message_of(x, where_, options_);
  http::write(on.stream(), message, ec);
  parser answer;
  answer.body_limit(std::numeric_limits<std::uint64_t>::max());
  answer.eager(true);
  if (!ec)
    http::read_header(on.stream(), on.buffer, answer, ec);
  if (ec)
    throw_broken(ec, on.buffer);
  while (answer.get().result_int() != 200 && !answer.is_done()
         && answer.get().body().size() <= largest_body)
    read_more(on.stream(), on.buffer, answer, until);
  if (answer.get().result_int() != 200)
    return response_of(answer);
  for (;;) {
    auto bytes = std::exchange(answer.get().body(), {});
    if ((!bytes.empty() && !on_bytes(bytes)) || answer.is_done())
      return response_of(answer);
    auto silent = in(longest_silence);
    on.set_deadline(end && *end < *silent ? end : silent);
    read_more(on.stream(), on.buffer, answer, end);
  }
}

} // namespace meshctl
