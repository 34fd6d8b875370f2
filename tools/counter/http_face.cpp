#include "tools/counter/http_face.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <caf/scoped_actor.hpp>

#include "tools/counter/http_pages.hpp"
#include "tools/counter/options.hpp"
#include <cafmesh/errc.hpp>

namespace counter {

namespace {

using cafmesh::grow_counter;

constexpr auto answer_time = std::chrono::seconds{5};

/// A page source that any thread may use: it asks the actors.
class asking_source : public page_source {
public:
  asking_source(caf::actor_system& system, cafmesh::router_actor router,
                counter_actor numbers, cafmesh::peer_name us)
      : system_(system), router_(std::move(router)),
        numbers_(std::move(numbers)), us_(us) {
  }

  caf::expected<std::int64_t> count() override {
    return sum(cafmesh::get_value<grow_counter>{});
  }

  caf::expected<std::int64_t> increment() override {
    return sum(cafmesh::update<grow_counter>{[us = us_](const grow_counter& x) {
      return x.increment(us);
    }});
  }

  caf::expected<cafmesh::mesh_description> mesh() override {
    return ask<cafmesh::mesh_description>(router_, cafmesh::get_topology{});
  }

private:
  template <class T, class Handle, class Question>
  caf::expected<T> ask(const Handle& whom, Question question) {
    caf::expected<T> result{caf::error{}};
    caf::scoped_actor self{system_};
    self->request(whom, answer_time, std::move(question))
      .receive([&](const T& x) { result = x; },
               [&](const caf::error& why) { result = why; });
    return result;
  }

  template <class Question>
  caf::expected<std::int64_t> sum(Question question) {
    auto value =
      ask<cafmesh::snapshot<grow_counter>>(numbers_, std::move(question));
    if (!value)
      return value.error();
    return (*value)->value();
  }

  caf::actor_system& system_;
  cafmesh::router_actor router_;
  counter_actor numbers_;
  cafmesh::peer_name us_;
};

} // namespace

struct http_face::state {
  explicit state(asking_source x) : source(std::move(x)), server(source) {
  }

  asking_source source;
  http_pages server;
  std::thread thread;
};

http_face::http_face(caf::actor_system& system, cafmesh::router_actor router,
                     counter_actor numbers, cafmesh::peer_name self)
    : state_(std::make_unique<state>(
      asking_source{system, std::move(router), std::move(numbers), self})) {
  // SO_REUSEADDR instead of the library's SO_REUSEPORT, which hides that a port
  // is taken.
  state_->server.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

http_face::~http_face() {
  state_->server.stop();
  if (state_->thread.joinable())
    state_->thread.join();
}

caf::error http_face::start(const std::string& host, std::uint16_t port) {
  errno = 0;
  if (!state_->server.bind_to_port(host, port))
    return cannot_listen(host, port, errno);
  state_->thread = std::thread{[st = state_.get()] {
    st->server.listen_after_bind();
  }};
  return {};
}

} // namespace counter
