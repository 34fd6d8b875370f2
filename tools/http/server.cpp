#include "tools/http/server.hpp"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "tools/http/acceptor.hpp"
#include "tools/http/listening.hpp"
#include "tools/http/loop.hpp"
#include "tools/http/server_parts.hpp"

namespace http {

server_counts& server_counts::operator+=(const server_counts& x) {
  requests += x.requests;
  for (const auto& [status, number] : x.answers)
    answers[status] += number;
  accepted_connections += x.accepted_connections;
  refused_connections += x.refused_connections;
  cut_off_connections += x.cut_off_connections;
  bytes_in += x.bytes_in;
  bytes_out += x.bytes_out;
  connections += x.connections;
  streams += x.streams;
  return *this;
}

struct server::state {
  explicit state(server_options x)
      : shared(std::make_shared<server_parts>(std::move(x))) {
    auto threads = std::max(1u, shared->options.threads);
    for (unsigned i = 0; i < threads; ++i)
      loops.push_back(std::make_shared<loop>(shared));
  }

  std::shared_ptr<tls_context> current_tls() {
    std::lock_guard<std::mutex> guard{mutex};
    return tls;
  }

  void accept_on(const listening_socket& x);
  void take(int descriptor, connection_ends ends);

  std::shared_ptr<server_parts> shared;
  std::vector<std::shared_ptr<loop>> loops;
  std::vector<listening_socket> sockets;
  std::vector<std::shared_ptr<acceptor>> acceptors;
  std::mutex mutex; // guards tls
  std::shared_ptr<tls_context> tls;
  std::size_t next = 0; // used on the first thread
  bool has_started = false;
  bool has_stopped = false;
};

void server::state::accept_on(const listening_socket& x) {
  auto f = [this](int descriptor, connection_ends ends) {
    take(descriptor, std::move(ends));
  };
  acceptors.push_back(
    std::make_shared<acceptor>(*loops.front(), shared, x, std::move(f)));
  loops.front()->post([x = acceptors.back()] { x->start(); });
}

// Gives each new connection to the next thread in turn.
void server::state::take(int descriptor, connection_ends ends) {
  auto& to = *loops[next++ % loops.size()];
  auto with = ends.local.host.empty() ? nullptr : current_tls();
  if (to.is_this_thread())
    return to.add(descriptor, std::move(ends), std::move(with));
  to.post([&to, descriptor, ends = std::move(ends), with = std::move(with)] {
    to.add(descriptor, ends, with);
  });
}

server::server(server_options options)
    : state_(std::make_unique<state>(std::move(options))) {
}

server::~server() {
  stop();
}

failure server::listen(const std::string& address, unsigned mode) {
  listening_socket x;
  auto result = open_listening(address, mode, x);
  if (!result)
    state_->sockets.push_back(std::move(x));
  return result;
}

failure server::listen_on(int descriptor) {
  listening_socket x;
  auto result = adopt_listening(descriptor, x);
  if (!result)
    state_->sockets.push_back(std::move(x));
  return result;
}

std::vector<std::string> server::addresses() const {
  std::vector<std::string> result;
  for (const auto& x : state_->sockets)
    result.push_back(x.address);
  return result;
}

router& server::routes() {
  return state_->shared->paths;
}

failure server::start() {
  auto& st = *state_;
  for (const auto& x : st.loops)
    if (auto wrong = x->start()) {
      for (const auto& each : st.loops)
        each->stop();
      stop();
      return wrong;
    }
  st.has_started = true;
  for (const auto& x : st.sockets)
    st.accept_on(x);
  return {};
}

void server::set_tokens(std::string read, std::string write) {
  state_->shared->set_tokens(std::move(read), std::move(write));
  for (const auto& x : state_->loops)
    // Captures the loop weakly. Otherwise, in a loop that never starts, the
    // posted function and the loop would keep each other alive.
    x->post([weak = std::weak_ptr<loop>{x}] {
      if (auto self = weak.lock())
        self->check_streams();
    });
}

void server::set_tls(std::shared_ptr<tls_context> x) {
  std::lock_guard<std::mutex> guard{state_->mutex};
  state_->tls.swap(x);
}

void server::post(std::function<void()> f) {
  state_->loops.front()->post(std::move(f));
}

void server::post_after(std::chrono::milliseconds delay,
                        std::function<void()> f) {
  state_->loops.front()->post_after(delay, std::move(f));
}

server_counts server::counts() const {
  const auto& x = *state_->shared;
  server_counts result;
  result.requests = x.requests;
  result.answers = x.answers.all();
  result.accepted_connections = x.accepted_connections;
  result.refused_connections = x.refused_connections;
  result.cut_off_connections = x.cut_off_connections;
  result.bytes_in = x.bytes_in;
  result.bytes_out = x.bytes_out;
  result.connections = x.clients.connections();
  result.streams = x.clients.streams();
  return result;
}

void server::stop(std::chrono::milliseconds grace) {
  auto& st = *state_;
  if (std::exchange(st.has_stopped, true))
    return;
  st.shared->is_stopping = true;
  if (!st.has_started) {
    for (const auto& x : st.sockets)
      close_listening(x);
    return;
  }
  st.loops.front()->post([all = st.acceptors] {
    for (const auto& x : all)
      x->close();
  });
  for (const auto& x : st.loops)
    x->post([x] { x->wind_up(); });
  auto until = std::chrono::steady_clock::now() + grace;
  while (st.shared->clients.connections() > 0
         && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  // The first thread passes connections to the others, so it is stopped first.
  for (const auto& x : st.loops)
    x->stop();
  st.acceptors.clear();
}

} // namespace http
