#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/http/connection.hpp"
#include "tools/http/server_parts.hpp"

/// A connection of the HTTP server without sockets, threads or a real clock.
namespace http_in_memory {

/// Stands in for a thread. Runs posted functions when `run_one` is called, in
/// virtual time.
class thread : public http::executor {
public:
  bool is_this_thread() const override {
    return true;
  }
  void post(std::function<void()> f) override {
    tasks.push_back(std::move(f));
  }
  time_point now() const override {
    return time;
  }
  bool run_one() {
    if (tasks.empty())
      return false;
    auto f = std::move(tasks.front());
    tasks.pop_front();
    f();
    return true;
  }

  time_point time{std::chrono::hours{1}};
  std::deque<std::function<void()>> tasks;
};

/// Takes the place of a socket between a connection and a client in memory.
struct wire {
  std::string to_server;
  std::string to_client;
  bool client_has_ended = false;
  bool client_reads = true;
  bool is_closed = false;
  bool has_upgraded = false;
  std::function<void()> read;  ///< completes the pending read; null if none
  std::function<void()> write; ///< completes the pending write; null if none
};

class transport : public http::transport {
public:
  explicit transport(std::shared_ptr<wire> x) : wire_(std::move(x)) {
  }

  void handshake(std::shared_ptr<http::connection>) override {
  }
  void read(std::shared_ptr<http::connection> whom, char* to,
            std::size_t size) override {
    wire_->read = [w = wire_.get(), whom, to, size] {
      auto n = w->is_closed ? 0 : w->to_server.copy(to, size);
      w->to_server.erase(0, n);
      whom->on_read(n);
    };
  }
  void write(std::shared_ptr<http::connection> whom,
             const std::vector<std::string_view>& what) override {
    std::string all;
    for (auto x : what)
      all += x;
    wire_->write = [w = wire_.get(), whom, all] {
      if (!w->is_closed)
        w->to_client += all;
      whom->on_written(w->is_closed ? 0 : all.size());
    };
  }
  void finish(std::shared_ptr<http::connection>) override {
  }
  void close() override {
    wire_->is_closed = true;
  }
  void upgrade(std::shared_ptr<http::connection>, const http::request&,
               std::shared_ptr<http::socket_queue>, std::string_view) override {
    wire_->has_upgraded = true;
  }

private:
  std::shared_ptr<wire> wire_;
};

class client {
public:
  explicit client(std::shared_ptr<http::server_parts> shared)
      : client(std::move(shared), std::make_shared<thread>()) {
  }
  client(std::shared_ptr<http::server_parts> shared, std::shared_ptr<thread> on)
      : at(std::move(on)), line(std::make_shared<wire>()) {
    shared->clients.enter("127.0.0.1");
    http::connection_ends ends;
    ends.remote = "127.0.0.1";
    ends.local.host = "127.0.0.1";
    ends.local.port = "80";
    own = std::make_shared<http::connection>(std::move(shared), at,
                                             std::move(ends));
    own->start(std::make_unique<transport>(line));
    run();
  }
  ~client() {
    own->close();
    run();
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void send(std::string_view x) {
    line->to_server += x;
    run();
  }
  void end() {
    line->client_has_ended = true;
    run();
  }
  std::string got() {
    run();
    return std::exchange(line->to_client, {});
  }
  void wait(std::chrono::milliseconds x) {
    at->time += x;
    own->on_sweep(at->time);
    run();
  }
  void run() {
    while (step()) {
    }
  }

  std::shared_ptr<thread> at;
  std::shared_ptr<wire> line;
  std::shared_ptr<http::connection> own;

private:
  bool step() {
    auto& w = *line;
    if (at->run_one())
      return true;
    if (w.write && (w.client_reads || w.is_closed)) {
      std::exchange(w.write, nullptr)();
      return true;
    }
    if (!w.read || (w.to_server.empty() && !w.client_has_ended && !w.is_closed))
      return false;
    std::exchange(w.read, nullptr)();
    return true;
  }
};

} // namespace http_in_memory
