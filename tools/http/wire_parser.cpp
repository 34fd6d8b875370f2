#include "tools/http/wire_parser.hpp"

#include <algorithm>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "tools/http/text.hpp"

namespace http {

namespace beast = boost::beast;

namespace {

using beast::error_code;
using beast_view = beast::string_view;

std::string_view plain(beast_view x) {
  return {x.data(), x.size()};
}

problem bad_request(std::string code, std::string detail) {
  return {400, std::move(code), std::move(detail)};
}

// Whether any line begins with a space or a tab. In obsolete HTTP, such a line
// continues the previous one.
bool has_folded_line(std::string_view lines) {
  return lines.find("\n ") != lines.npos || lines.find("\n\t") != lines.npos;
}

problem problem_of(error_code why) {
  using beast::http::error;
  if (why == error::bad_version)
    return {505, "version_unknown", "This server speaks HTTP/1.1."};
  if (why == error::bad_content_length || why == error::bad_transfer_encoding)
    return bad_request("bad_framing", "The length of the body is malformed or "
                                      "given in two ways.");
  return bad_request("bad_request",
                     "The request is malformed: " + why.message() + ".");
}

} // namespace

request::part request_builder::append(request& to, std::string_view x) {
  request::part result{static_cast<std::uint32_t>(to.text_.size()),
                       static_cast<std::uint32_t>(x.size())};
  to.text_ += x;
  return result;
}

void request_builder::set_method(request& to, std::string_view x) {
  to.text_.reserve(512);
  to.fields_.reserve(16);
  to.method_ = append(to, x);
}

void request_builder::set_target(request& to, std::string_view path,
                                 std::string_view query) {
  to.path_ = append(to, path);
  to.query_ = append(to, query);
}

void request_builder::add_field(request& to, std::string_view name,
                                std::string_view value) {
  auto first = append(to, name);
  to.fields_.push_back({first, append(to, value)});
}

/// A parser with rules that Beast's parser lacks. Beast accepts folded lines,
/// limits only the unparsed part of a header, and assumes that there is no body
/// if `Transfer-Encoding` lacks `chunked`.
class wire_parser::beast_parser : public beast::http::basic_parser<true> {
public:
  beast_parser(const limits& x, request* to) : limits_(x), to_(to) {
    // Beast 1.74 refuses every body if no limit is set.
    body_limit(std::numeric_limits<std::uint64_t>::max());
    header_limit(std::numeric_limits<std::uint32_t>::max());
  }

  void fail(problem x) {
    if (failure_.status == 0)
      failure_ = std::move(x);
  }
  bool has_failed() const {
    return failure_.status != 0;
  }

  const limits& limits_;
  request* to_;
  problem failure_{0, {}, {}, {}};
  std::string host_;
  std::string absolute_host_;
  std::size_t header_size_ = 0; // bytes parsed so far
  std::size_t line_size_ = 0;   // 0 until the line has ended
  std::size_t line_looked_at_ = 0;
  bool is_method_long_ = false; // leaves no room for the target
  std::size_t fields_ = 0;
  std::size_t body_limit_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::size_t wire_bytes_ = 0;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  bool has_transfer_encoding_ = false;
  bool expects_continue_ = false;
  bool has_reported_ = false;

  /// Notes where the request line ends.
  /// @param head the header from its first byte, as far as it has arrived
  void look_for_line(std::string_view head);
  void check_header();
  bool is_too_large(bool is_header, std::size_t waiting);

protected:
  void on_request_impl(beast::http::verb, beast_view method, beast_view target,
                       int version, error_code& ec) override;
  void on_response_impl(int, beast_view, int, error_code&) override {
  }
  void on_field_impl(beast::http::field name, beast_view text, beast_view value,
                     error_code& ec) override;
  void on_header_impl(error_code&) override {
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         error_code&) override {
  }
  std::size_t on_body_impl(beast_view x, error_code&) override {
    request_builder::body(*to_) += plain(x);
    return x.size();
  }
  void on_chunk_header_impl(std::uint64_t size, beast_view,
                            error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t, beast_view x,
                                 error_code&) override {
    request_builder::body(*to_) += plain(x);
    return x.size();
  }
  void on_finish_impl(error_code&) override {
  }

private:
  void fail_target() {
    fail({414, "uri_too_long",
          "The target of the request is longer than "
            + std::to_string(limits_.uri_bytes) + " bytes."});
  }
  void fail_line() {
    if (is_method_long_)
      fail(bad_request("bad_request", "The method is too long."));
    else
      fail_target();
  }
  void set_target(std::string_view target);
  void note_field(beast::http::field name, std::string_view value);
  void stop_if_failed(error_code& ec) const {
    if (has_failed())
      ec = beast::http::error::bad_value;
  }
};

void wire_parser::beast_parser::on_request_impl(beast::http::verb,
                                                beast_view method,
                                                beast_view target, int version,
                                                error_code& ec) {
  request_builder::set_method(*to_, plain(method));
  request_builder::set_http_1_0(*to_, version < 11);
  if (target.size() > limits_.uri_bytes)
    fail_target();
  else
    set_target(plain(target));
  stop_if_failed(ec);
}

void wire_parser::beast_parser::set_target(std::string_view target) {
  constexpr std::string_view schemes[] = {"http://", "https://"};
  for (auto x : schemes)
    if (equals_ignoring_case(target.substr(0, x.size()), x)) {
      target.remove_prefix(x.size());
      auto end = std::min(target.find_first_of("/?"), target.size());
      absolute_host_ = target.substr(0, end);
      target.remove_prefix(end);
      if (absolute_host_.empty())
        return fail(bad_request("bad_target", "The target has no host."));
    }
  if (to_->method() == "CONNECT" || to_->method() == "TRACE")
    return fail({501, "method_unknown",
                 "This server does not implement "
                 "CONNECT and TRACE."});
  auto path = target.substr(0, target.find('?'));
  auto query = target.substr(path.size());
  if (path.empty() && !absolute_host_.empty())
    path = "/";
  if (path.empty() || (path.front() != '/' && path != "*")
      || target.find('#') != std::string_view::npos)
    return fail(bad_request("bad_target", "The target is no path."));
  request_builder::set_target(*to_, path, query.substr(query.empty() ? 0 : 1));
}

void wire_parser::beast_parser::on_field_impl(beast::http::field name,
                                              beast_view text, beast_view value,
                                              error_code& ec) {
  if (++fields_ > limits_.fields)
    fail({431, "too_many_headers", "The request has too many headers."});
  // Ignores trailers, the header fields after a chunked body. They must not
  // replace header fields that were checked.
  if (!has_reported_ && !has_failed()) {
    note_field(name, plain(value));
    request_builder::add_field(*to_, plain(text), plain(value));
  }
  stop_if_failed(ec);
}

void wire_parser::beast_parser::note_field(beast::http::field name,
                                           std::string_view value) {
  using beast::http::field;
  switch (name) {
  case field::host:
    ++hosts_;
    host_ = value;
    break;
  case field::content_length:
    if (++lengths_ > 1 || value.find(',') != std::string_view::npos)
      fail(bad_request("bad_framing", "The request has several lengths."));
    break;
  case field::transfer_encoding:
    has_transfer_encoding_ = true;
    if (!equals_ignoring_case(value, "chunked"))
      fail({501, "transfer_encoding_unknown",
            "The only transfer encoding here is chunked."});
    break;
  case field::expect:
    expects_continue_ = equals_ignoring_case(value, "100-continue");
    if (!expects_continue_)
      fail({417, "expectation_unknown", "Only 100-continue is expected."});
    break;
  default:
    break;
  }
}

void wire_parser::beast_parser::on_chunk_header_impl(std::uint64_t size,
                                                     beast_view,
                                                     error_code& ec) {
  if (size > body_limit_bytes_ - body_bytes_)
    fail({413, "body_too_large",
          "The body is larger than " + std::to_string(body_limit_bytes_)
            + " bytes."});
  else
    body_bytes_ += static_cast<std::size_t>(size);
  stop_if_failed(ec);
}

void wire_parser::beast_parser::look_for_line(std::string_view head) {
  if (line_size_ > 0)
    return;
  auto most = limits_.line_bytes() - limits_.uri_bytes;
  is_method_long_ =
    head.size() >= most && head.substr(0, most).find(' ') == head.npos;
  auto end = head.find('\n', line_looked_at_);
  line_looked_at_ = head.size();
  line_size_ = end == head.npos ? 0 : end + 1;
}

void wire_parser::beast_parser::check_header() {
  auto is_http_1_0 = to_->is_http_1_0();
  if (hosts_ > 1 || (hosts_ == 0 && !is_http_1_0))
    fail(bad_request("host_missing", "The request needs one Host header."));
  if (has_transfer_encoding_ && is_http_1_0)
    fail(bad_request("bad_framing", "HTTP/1.0 has no Transfer-Encoding."));
  if (!absolute_host_.empty())
    host_ = absolute_host_;
}

bool wire_parser::beast_parser::is_too_large(bool is_header,
                                             std::size_t waiting) {
  auto size = header_size_ + (is_header_done() ? 0 : waiting);
  auto line = line_size_ > 0 ? line_size_ : size;
  if (is_header && line > limits_.line_bytes())
    fail_line();
  else if (is_header && size - line > limits_.header_bytes)
    fail({431, "headers_too_large",
          "The header fields are larger than "
            + std::to_string(limits_.header_bytes) + " bytes together."});
  // Refuses bodies of small chunks with long extensions, which take a lot of
  // work for little content.
  else if (!is_header
           && wire_bytes_ / 8 > body_limit_bytes_ + limits_.header_bytes)
    fail(bad_request("bad_framing", "The chunks are mostly overhead."));
  return has_failed();
}

wire_parser::wire_parser(const limits& x)
    : parser_(std::make_unique<beast_parser>(x, nullptr)) {
}

wire_parser::~wire_parser() = default;

void wire_parser::begin(request& to) {
  parser_ = std::make_unique<beast_parser>(parser_->limits_, &to);
}

wire_parser::outcome wire_parser::read(std::string_view bytes,
                                       std::size_t& used) {
  auto& x = *parser_;
  used = 0;
  if (x.is_done())
    return outcome::done;
  auto was_header = !x.is_header_done();
  if (was_header)
    x.look_for_line(bytes);
  x.eager(!was_header);
  error_code ec;
  used = x.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
  (was_header ? x.header_size_ : x.wire_bytes_) += used;
  if (was_header && has_folded_line(bytes.substr(0, used)))
    x.fail(bad_request("bad_request", "A header has a folded line."));
  auto waits = ec == beast::http::error::need_more;
  if (x.is_too_large(was_header, bytes.size() - used))
    return outcome::failed;
  if (ec && !waits)
    x.fail(problem_of(ec));
  if (x.has_failed())
    return outcome::failed;
  if (was_header && x.is_header_done()) {
    x.check_header();
    x.has_reported_ = true;
    return x.has_failed() ? outcome::failed : outcome::header_done;
  }
  return x.is_done() ? outcome::done : outcome::needs_more;
}

const problem& wire_parser::failure() const {
  return parser_->failure_;
}

std::optional<std::uint64_t> wire_parser::content_length() const {
  auto result = parser_->content_length();
  return result ? std::optional<std::uint64_t>{*result} : std::nullopt;
}

bool wire_parser::is_chunked() const {
  return parser_->chunked();
}

bool wire_parser::is_done() const {
  return parser_->is_done();
}

bool wire_parser::keeps_alive() const {
  return parser_->keep_alive();
}

bool wire_parser::expects_continue() const {
  return parser_->expects_continue_;
}

bool wire_parser::is_upgrade() const {
  return parser_->upgrade();
}

const std::string& wire_parser::host() const {
  return parser_->host_;
}

void wire_parser::set_body_limit(std::size_t most) {
  parser_->body_limit_bytes_ = most;
}

} // namespace http
