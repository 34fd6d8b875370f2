#include "tools/meshd/api/http_face.hpp"

#include <mutex>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "tools/meshd/api/dispatcher.hpp"
#include "tools/meshd/api/http_listener.hpp"

namespace meshd {

struct http_face::state {
  std::unique_ptr<boost::asio::io_context> loop =
    std::make_unique<boost::asio::io_context>(1);
  std::optional<
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>
    work;
  dispatcher paths;
  std::shared_ptr<http_listener> listener;
  std::thread thread;
  std::string address;
  std::mutex gate; // of `loop`, which other threads post to
};

http_face::http_face() : state_(std::make_unique<state>()) {
}

http_face::~http_face() {
  stop();
}

std::string http_face::open(const service_options& options) {
  auto& st = *state_;
  if (auto wrong = st.paths.read_tokens(options); !wrong.empty())
    return wrong;
  st.paths.allow_hosts(options.http_allowed_hosts);
  auto made = open_listener(*st.loop, options, st.paths);
  if (auto wrong = std::get_if<std::string>(&made))
    return *wrong;
  st.listener = std::get<std::shared_ptr<http_listener>>(made);
  st.address = st.listener->address();
  return {};
}

routes& http_face::paths() {
  return state_->paths;
}

std::string http_face::start() {
  auto& st = *state_;
  st.work.emplace(st.loop->get_executor());
  st.listener->start();
  st.thread = std::thread{[&loop = *st.loop] {
    loop.run();
  }};
  return {};
}

void http_face::post(std::function<void()> f) {
  std::lock_guard<std::mutex> lock{state_->gate};
  if (state_->loop)
    boost::asio::post(*state_->loop, std::move(f));
}

std::string http_face::read_tokens(const service_options& options) {
  // The loop's thread reads the tokens with each request.
  service_options copy = options;
  dispatcher trial;
  if (auto wrong = trial.read_tokens(copy); !wrong.empty())
    return wrong;
  post([&paths = state_->paths, copy] { paths.read_tokens(copy); });
  return {};
}

std::string http_face::address() const {
  return state_->address;
}

void http_face::stop() {
  auto& st = *state_;
  if (!st.loop)
    return;
  st.work.reset();
  if (st.listener)
    boost::asio::post(*st.loop, [x = st.listener] { x->stop(); });
  if (st.thread.joinable()) {
    // Answers that are on their way get a moment.
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    st.loop->stop();
    st.thread.join();
  }
  st.listener.reset();
  // Drops what still waits: connections, and functions of the mesh.
  st.paths.drop_requests();
  std::unique_ptr<boost::asio::io_context> ended;
  {
    std::lock_guard<std::mutex> lock{st.gate};
    ended = std::move(st.loop);
  }
}

} // namespace meshd
