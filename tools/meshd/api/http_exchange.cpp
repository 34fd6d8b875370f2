#include "tools/meshd/api/http_exchange.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace meshd {

namespace {

/// The callbacks of a WebSocket, which are set once it is open.
struct socket_callbacks {
  std::function<void(bool, std::string)> on_message;
  std::function<void()> on_room;
  std::function<void()> on_end;
};

class sent_messages : public socket_sink {
public:
  sent_messages(http::socket_stream x,
                std::shared_ptr<socket_callbacks> handlers)
      : stream_(std::move(x)), handlers_(std::move(handlers)) {
  }

  bool has_room() const override {
    return stream_.has_room();
  }
  void send(std::vector<http::socket_message> xs) override {
    stream_.send(std::move(xs));
  }
  void set_reading(bool x) override {
    x ? stream_.resume() : stream_.pause();
  }
  void keep(std::size_t bytes) override {
    stream_.keep(bytes);
  }
  void let_go(std::size_t bytes) override {
    stream_.let_go(bytes);
  }
  void close() override {
    constexpr std::uint16_t going_away = 1001;
    stream_.close(going_away);
  }
  void set_handlers(std::function<void(bool, std::string)> on_message,
                    std::function<void()> on_room,
                    std::function<void()> on_end) override {
    handlers_->on_message = std::move(on_message);
    handlers_->on_room = std::move(on_room);
    handlers_->on_end = std::move(on_end);
  }

private:
  http::socket_stream stream_;
  std::shared_ptr<socket_callbacks> handlers_;
};

http::socket_handlers handlers_for(const std::shared_ptr<socket_callbacks>& x) {
  http::socket_handlers result;
  result.on_text = [x](std::string data) {
    if (x->on_message)
      x->on_message(true, std::move(data));
  };
  result.on_binary = [x](std::string data) {
    if (x->on_message)
      x->on_message(false, std::move(data));
  };
  result.on_room = [x] {
    if (x->on_room)
      x->on_room();
  };
  result.on_closed = [x] {
    x->on_message = nullptr;
    x->on_room = nullptr;
    if (auto f = std::exchange(x->on_end, nullptr))
      f();
  };
  return result;
}

http::response response_of(int status, const std::string& type,
                           std::string body, const header_list& headers) {
  http::response x{status, type, std::move(body), headers};
  x.headers.emplace_back("Cache-Control", "no-store");
  return x;
}

} // namespace

http_exchange::http_exchange(http::responder to, poster loop,
                             change_gate::pass change)
    : to_(std::move(to)), loop_(std::move(loop)), change_(std::move(change)) {
}

std::string http_exchange::param(const std::string& name) const {
  return std::string{to_.request().parameter(name)};
}

std::optional<std::string> http_exchange::query(const std::string& name) const {
  return to_.request().query(name);
}

std::optional<std::string>
http_exchange::header(const std::string& name) const {
  if (auto x = to_.request().header(name))
    return std::string{*x};
  return std::nullopt;
}

const std::string& http_exchange::body() const {
  return to_.request().body();
}

void http_exchange::on_gone(std::function<void()> f) {
  if (loop_)
    f = [loop = loop_, f = std::move(f)] {
      loop(f);
    };
  to_.on_gone(std::move(f));
}

bool http_exchange::may_write() const {
  return to_.request().level() == http::access::write;
}

void http_exchange::reply(int status, const std::string& type, std::string body,
                          const header_list& headers) {
  to_.send(response_of(status, type, std::move(body), headers));
  change_.leave();
}

void http_exchange::reply_after(std::chrono::milliseconds time, int status,
                                const std::string& type, std::string body) {
  to_.set_timeout(time, response_of(status, type, std::move(body), {}));
}

bool http_exchange::reserve_stream() {
  return to_.reserve_stream();
}

void http_exchange::follow(http::event_source& source, http::subscription x) {
  source.subscribe(to_, std::move(x));
}

std::shared_ptr<socket_sink> http_exchange::open_socket() {
  constexpr std::size_t largest = 8 * 1024 * 1024;
  auto handlers = std::make_shared<socket_callbacks>();
  auto stream = to_.open_socket({largest}, handlers_for(handlers));
  if (!stream.is_open())
    return nullptr;
  return std::make_shared<sent_messages>(std::move(stream), handlers);
}

} // namespace meshd
