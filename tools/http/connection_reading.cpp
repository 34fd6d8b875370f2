#include <algorithm>
#include <cstring>
#include <exception>

#include "tools/http/connection.hpp"
#include "tools/http/server_parts.hpp"

// Part of `connection`: reads and checks requests, and passes them to their
// handlers.
namespace http {

namespace {

constexpr std::size_t first_capacity = 4 * 1024;
constexpr std::size_t body_capacity = 16 * 1024;

} // namespace

connection::connection(std::shared_ptr<server_parts> shared,
                       std::shared_ptr<executor> thread, connection_ends ends)
    : shared_(std::move(shared)), thread_(std::move(thread)),
      ends_(std::move(ends)), parser_(shared_->options.limits),
      held_(shared_->memory, ends_.remote) {
}

connection::~connection() = default;

const limits& connection::limit() const {
  return shared_->options.limits;
}

connection::time_point connection::in(std::chrono::milliseconds x) const {
  return thread_->now() + x;
}

std::chrono::milliseconds connection::transfer_time(std::size_t bytes) const {
  return limit().transfer_grace
         + std::chrono::milliseconds{bytes * 1000 / limit().minimum_rate};
}

void connection::start(std::unique_ptr<transport> over) {
  over_ = std::move(over);
  ++shared_->accepted_connections;
  deadline_ = in(limit().header_time);
  if (ends_.local.is_encrypted)
    over_->handshake(shared_from_this());
  else
    on_handshake(true);
}

void connection::on_handshake(bool is_done) {
  if (phase_ != phase::handshake)
    return;
  if (!is_done)
    return close();
  phase_ = phase::head;
  read_more();
}

void connection::on_read(std::size_t size) {
  is_reading_ = false;
  is_at_end_ = size == 0;
  shared_->bytes_in += size;
  switch (phase_) {
  case phase::handshake:
  case phase::socket:
  case phase::closed:
    return;
  case phase::events:
    free_buffer();
    drained_ += size;
    return is_at_end_ || drained_ > body_capacity ? close() : read_aside();
  case phase::draining:
    return drain(size);
  default:
    break;
  }
  end_ += size;
  if (phase_ == phase::head || phase_ == phase::body)
    return is_at_end_ ? close() : process();
  auto x = current_.lock();
  if (is_at_end_ && phase_ == phase::handling && x)
    x->gone();
}

void connection::next_request() {
  phase_ = phase::head;
  has_begun_ = false;
  deadline_ = in(limit().idle_time);
  if (begin_ == end_ && capacity_ > first_capacity && !is_reading_)
    free_buffer();
  process();
}

void connection::begin_request() {
  has_begun_ = true;
  deadline_ = in(limit().header_time);
  receiving_ = std::make_shared<exchange>(shared_, ends_.remote);
  auto& x = receiving_->request;
  request_builder::set_client(x, ends_.remote, ends_.local.is_encrypted);
  parser_.begin(x);
  ++shared_->requests;
}

void connection::process() {
  while (step()) {
  }
  if (phase_ == phase::head || phase_ == phase::body)
    read_more();
}

// Parses the next part of a request.
// @returns whether to call this function again
bool connection::step() {
  if ((phase_ != phase::head && phase_ != phase::body) || begin_ == end_)
    return false;
  if (!has_begun_)
    begin_request();
  std::size_t used = 0;
  auto outcome = parser_.read(unread(), used);
  begin_ += used;
  switch (outcome) {
  case wire_parser::outcome::failed:
    refuse(parser_.failure());
    return false;
  case wire_parser::outcome::header_done:
    check_header();
    return true;
  case wire_parser::outcome::done:
    check_body();
    if (phase_ == phase::body)
      end_body();
    return false;
  case wire_parser::outcome::needs_more:
    if (phase_ == phase::body)
      check_body();
    break;
  }
  return false;
}

std::string_view connection::unread() const {
  return {buffer_.get() + begin_, end_ - begin_};
}

void connection::read_more() {
  if (is_reading_)
    return;
  if (!make_room())
    return refuse({400, "bad_framing", "A chunk's header is too long."});
  is_reading_ = true;
  over_->read(shared_from_this(), buffer_.get() + end_, capacity_ - end_);
}

// Reads while a request is handled or a stream is sent, to notice if the client
// closes its end. Does not read for a WebSocket, which can take over the socket
// only while no read is in flight.
void connection::read_aside() {
  if (is_reading_ || is_at_end_ || begin_ != end_ || phase_ == phase::socket)
    return;
  is_reading_ = true;
  if (phase_ == phase::events)
    return over_->read(shared_from_this(), aside_, sizeof(aside_));
  begin_ = end_ = 0;
  over_->read(shared_from_this(), buffer_.get(), capacity_);
}

// Makes room in the buffer after the received bytes. The buffer grows until a
// whole header fits.
// @returns false if the buffer is full at its maximum size
bool connection::make_room() {
  if (begin_ == end_)
    begin_ = end_ = 0;
  if (end_ < capacity_ && (phase_ != phase::body || capacity_ >= body_capacity))
    return true;
  if (begin_ > 0 && end_ == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  // Allows one byte more than the limit, so that a header that is too large can
  // be told from one that just fits.
  auto most = phase_ == phase::body ? body_capacity : limit().head_bytes() + 1;
  if (capacity_ >= most)
    return false;
  auto wanted = phase_ == phase::body
                  ? most
                  : std::min(most, std::max(first_capacity, capacity_ * 2));
  std::unique_ptr<char[]> larger{new char[wanted]};
  if (buffer_)
    std::memcpy(larger.get(), buffer_.get(), end_);
  buffer_ = std::move(larger);
  capacity_ = wanted;
  return true;
}

void connection::free_buffer() {
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

void connection::check_header() {
  auto& x = receiving_->request;
  is_head_ = x.method() == "HEAD";
  is_safe_ = is_safe(x.method());
  keeps_alive_ = parser_.keeps_alive();
  if (auto wrong = find_problem())
    return refuse(*wrong);
  if (parser_.is_done()) {
    phase_ = phase::body;
    return dispatch();
  }
  expect_body();
}

std::optional<problem> connection::find_problem() {
  const auto& x = receiving_->request;
  const auto& host = parser_.host();
  if (!host.empty() || !x.is_http_1_0())
    if (auto wrong = check_host(shared_->options.hosts, ends_.local, host))
      return wrong;
  if (auto origin = x.header("origin"))
    if (auto wrong = check_origin(*origin, host, x.is_encrypted()))
      return wrong;
  return find_route();
}

std::optional<problem> connection::find_route() {
  auto& x = receiving_->request;
  auto match = shared_->paths.find(x.method(), x.path());
  if (!match.found && match.allowed.empty())
    return problem{404, "no_such_path", "There is no such path.",
                   shared_->options.path_hint};
  if (!match.found)
    return problem{405,
                   "method_not_allowed",
                   "This path has the methods " + match.allowed + ".",
                   {},
                   {{"Allow", match.allowed}}};
  if (match.is_malformed)
    return problem{400, "bad_path", "A % is not followed by two digits.",
                   "Write %25 for a percent sign."};
  request_builder::set_parameters(x, std::move(match.parameters));
  receiving_->found = match.found;
  auto with = match.found->options;
  body_limit_ = with.body_bytes > 0 ? with.body_bytes : limit().body_bytes;
  if (auto wrong = check_access(*match.found))
    return wrong;
  if (!with.any_content_type)
    if (auto wrong = check_content_type(x, !parser_.is_done(), with.is_page))
      return wrong;
  if (parser_.content_length().value_or(0) > body_limit_)
    return problem{413, "body_too_large",
                   "The body is larger than " + std::to_string(body_limit_)
                     + " bytes."};
  return std::nullopt;
}

std::optional<problem> connection::check_access(const route& x) {
  auto& from = receiving_->request;
  needed_ = x.options.needs.value_or(is_safe(from.method()) ? access::read
                                                            : access::write);
  credential_ = shared_->current_tokens()->credential_of(
    from.header("authorization").value_or(""));
  return judge_credential();
}

std::optional<problem> connection::judge_credential() {
  auto& from = receiving_->request;
  auto level = shared_->current_tokens()->level_of(credential_);
  request_builder::set_level(from, level);
  if (level >= needed_)
    return std::nullopt;
  if (!from.header("authorization"))
    return problem{401,
                   "token_missing",
                   "The request has no token.",
                   {},
                   {{"WWW-Authenticate", "Bearer"}}};
  if (level == access::read)
    return problem{403, "token_refused", "The token allows only reading.",
                   "Send a token that allows writing."};
  return problem{403, "token_refused", "The token is not valid.",
                 "Send one of the tokens that the service has now."};
}

void connection::expect_body() {
  phase_ = phase::body;
  parser_.set_body_limit(body_limit_);
  body_begin_ = thread_->now();
  deadline_ = body_begin_ + transfer_time(0);
  if (!parser_.expects_continue() || begin_ != end_ || is_writing_)
    return;
  parts_.emplace_back("HTTP/1.1 100 Continue\r\n\r\n");
  write_rest();
}

void connection::check_body() {
  auto size = receiving_->request.body().size();
  auto verdict = receiving_->grow_to(size);
  if (verdict != held_bytes::verdict::fits)
    return refuse(busy(verdict));
  deadline_ = body_begin_ + transfer_time(size);
}

// Checks the credential again, because the tokens may have changed since the
// header arrived.
void connection::end_body() {
  if (auto wrong = judge_credential())
    return refuse(*wrong);
  dispatch();
}

// Refuses a request before it reaches a handler. If some of the request has not
// been read yet, the connection ends, because the rest might be taken for
// another request.
void connection::refuse(const problem& x) {
  if (receiving_)
    is_head_ = receiving_->request.method() == "HEAD";
  keeps_alive_ = keeps_alive_ && has_begun_ && parser_.is_done()
                 && parser_.failure().status == 0;
  receiving_.reset();
  write_answer({x.status, "application/problem+json", to_json(x), x.headers});
}

void connection::dispatch() {
  auto x = std::move(receiving_);
  receiving_.reset();
  current_ = x;
  x->begin(shared_from_this(), ++number_);
  phase_ = phase::handling;
  auto own = x->found->options.answer_time;
  deadline_ = in(own.count() > 0 ? own : limit().answer_time);
  try {
    x->found->f(x->request, responder{x});
  } catch (const std::exception& why) {
    shared_->log.write(severity::error,
                       std::string{"a handler failed: "} + why.what());
  }
  x.reset(); // answers with status 500 if the handler has kept no responder
  if (phase_ == phase::handling && !parser_.is_upgrade())
    read_aside();
}

} // namespace http
