#include "tools/http/exchange.hpp"

#include <utility>

#include "tools/http/connection.hpp"
#include "tools/http/server_parts.hpp"
#include "tools/http/socket_queue.hpp"
#include "tools/http/stream_queue.hpp"
#include "tools/http/text.hpp"

// Makes sure that each request is answered exactly once.
namespace http {

namespace {

response response_to(const problem& x) {
  return {x.status, "application/problem+json", to_json(x), x.headers, {}};
}

problem too_many_streams() {
  return {429,
          "too_many_streams",
          "The client has as many streams as it may.",
          {},
          {{"Retry-After", "1"}}};
}

} // namespace

response no_answer_in_time() {
  return response_to(
    {504, "no_answer_in_time", "The service did not answer in time."});
}

exchange::exchange(std::shared_ptr<server_parts> shared,
                   const std::string& client)
    : shared_(std::move(shared)), body_(shared_->memory, client) {
}

exchange::~exchange() {
  if (has_place_)
    shared_->clients.leave_stream(request.remote_address());
  body_.set(0);
  if (take())
    connection_->answer(
      number_, response_to({500, "no_answer",
                            "The service gave up the request without an "
                            "answer."}));
}

void exchange::begin(std::shared_ptr<connection> to, std::uint64_t number) {
  connection_ = std::move(to);
  number_ = number;
  is_answered_ = false;
}

bool exchange::take() {
  if (is_answered_.exchange(true))
    return false;
  std::unique_lock<std::mutex> guard{mutex_};
  auto f = std::move(on_gone_); // may hold the last reference to this object
  on_gone_ = nullptr;
  guard.unlock();
  return true;
}

void exchange::gone() {
  std::unique_lock<std::mutex> guard{mutex_};
  if (is_answered_ || std::exchange(is_gone_, true))
    return;
  auto f = std::move(on_gone_);
  on_gone_ = nullptr;
  guard.unlock();
  if (f)
    f();
}

void exchange::expire() {
  gone();
  take();
}

response exchange::late_answer() {
  std::lock_guard<std::mutex> guard{mutex_};
  return late_ ? std::move(*late_) : no_answer_in_time();
}

void exchange::send(response x) {
  if (take())
    connection_->answer(number_, std::move(x));
}

void exchange::on_gone(std::function<void()> f) {
  std::unique_lock<std::mutex> guard{mutex_};
  if (is_answered_ && !is_gone_)
    return;
  if (!is_gone_) {
    std::swap(on_gone_, f);
    guard.unlock();
    return;
  }
  guard.unlock();
  f();
}

void exchange::set_timeout(std::chrono::milliseconds x) {
  if (!is_answered_)
    connection_->set_answer_time(number_, x);
}

void exchange::set_timeout(std::chrono::milliseconds x, response late) {
  {
    std::lock_guard<std::mutex> guard{mutex_};
    late_ = std::move(late);
  }
  set_timeout(x);
}

bool exchange::reserve_stream() {
  has_place_ = shared_->clients.enter_stream(request.remote_address());
  if (!has_place_)
    send(response_to(too_many_streams()));
  return has_place_;
}

bool exchange::enter_stream() {
  if (has_place_.exchange(false)
      || shared_->clients.enter_stream(request.remote_address()))
    return true;
  connection_->answer(number_, response_to(too_many_streams()));
  return false;
}

event_stream exchange::open_events(const event_stream_options& options) {
  auto queue = std::make_shared<stream_queue>(options.most_bytes);
  if (take() && enter_stream())
    connection_->begin_events(number_, queue);
  else
    queue->end();
  return event_stream{std::move(queue)};
}

socket_stream exchange::open_socket(const socket_options& options,
                                    socket_handlers f) {
  auto queue = std::make_shared<socket_queue>(
    options, std::move(f), shared_->memory, request.remote_address());
  auto is_upgrade =
    equals_ignoring_case(request.header("upgrade").value_or(""), "websocket")
    && request.header("sec-websocket-key") && !request.is_http_1_0();
  if (!take()) {
    queue->end();
  } else if (!is_upgrade) {
    connection_->answer(number_, response_to({426,
                                              "upgrade_required",
                                              "This resource is a WebSocket.",
                                              {},
                                              {{"Upgrade", "websocket"}}}));
    queue->end();
  } else if (enter_stream()) {
    connection_->begin_socket(number_, queue, shared_from_this());
  } else {
    queue->end();
  }
  return socket_stream{std::move(queue)};
}

const http::request& responder::request() const {
  return exchange_->request;
}

void responder::send(response x) const {
  exchange_->send(std::move(x));
}

void responder::fail(const problem& x) const {
  exchange_->send(response_to(x));
}

void responder::on_gone(std::function<void()> f) const {
  exchange_->on_gone(std::move(f));
}

void responder::set_timeout(std::chrono::milliseconds x) const {
  exchange_->set_timeout(x);
}

void responder::set_timeout(std::chrono::milliseconds x, response late) const {
  exchange_->set_timeout(x, std::move(late));
}

bool responder::reserve_stream() const {
  return exchange_->reserve_stream();
}

event_stream responder::open_events(event_stream_options options) const {
  return exchange_->open_events(options);
}

socket_stream responder::open_socket(socket_options options,
                                     socket_handlers f) const {
  return exchange_->open_socket(options, std::move(f));
}

} // namespace http
