#include "tools/counter/http_face.hpp"

#include <chrono>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/addresses/host_port.hpp"
#include "tools/counter/http_pages.hpp"
#include "tools/counter/options.hpp"
#include "tools/http/server.hpp"
#include <cafmesh/errc.hpp>

namespace counter {

namespace {

using cafmesh::grow_counter;

constexpr auto answer_time = std::chrono::seconds{5};

// The maximum size of a request's body in bytes. The counter ignores bodies,
// but clients such as `curl -d` may send them.
constexpr std::size_t longest_body = 64 * 1024;

// Whether only this machine can connect to the address. On such an address the
// server checks the `Host` header, because pages of other sites can make a
// local browser send requests there.
bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

/// Gets the contents of the pages from the actors. Any thread may use it.
class asking_source : public page_source {
public:
  asking_source(caf::actor_system& system, cafmesh::router_actor router,
                counter_actor numbers, cafmesh::peer_name us)
      : system_(system), router_(std::move(router)),
        numbers_(std::move(numbers)), us_(us) {
  }

  void count(number_taker f) override {
    sum(cafmesh::get_value<grow_counter>{}, std::move(f));
  }

  void increment(number_taker f) override {
    sum(cafmesh::update<grow_counter>{[us = us_](const grow_counter& x) {
          return x.increment(us);
        }},
        std::move(f));
  }

  void mesh(mesh_taker f) override {
    ask<cafmesh::mesh_description>(router_, cafmesh::get_topology{},
                                   std::move(f));
  }

private:
  // Asks by means of a temporary actor, so that any thread may ask.
  template <class T, class Handle, class Question, class F>
  void ask(const Handle& whom, Question question, F f) {
    system_.spawn([=](caf::event_based_actor* self) {
      self->request(whom, answer_time, question)
        .then([f](const T& x) { f(x); },
              [f](const caf::error& why) { f(why); });
    });
  }

  template <class Question>
  void sum(Question question, number_taker f) {
    using value = cafmesh::snapshot<grow_counter>;
    auto take = [f = std::move(f)](const caf::expected<value>& x) {
      if (x)
        f((*x)->value());
      else
        f(x.error());
    };
    ask<value>(numbers_, std::move(question), std::move(take));
  }

  caf::actor_system& system_;
  cafmesh::router_actor router_;
  counter_actor numbers_;
  cafmesh::peer_name us_;
};

} // namespace

struct http_face::state {
  asking_source source;
  std::unique_ptr<http::server> server; // null until it is started
};

http_face::http_face(caf::actor_system& system, cafmesh::router_actor router,
                     counter_actor numbers, cafmesh::peer_name self)
    : state_(new state{
      asking_source{system, std::move(router), std::move(numbers), self},
      nullptr}) {
}

http_face::~http_face() {
  if (state_->server)
    state_->server->stop();
}

caf::error http_face::start(const std::string& host, std::uint16_t port) {
  http::server_options options;
  options.hosts.any = !is_loopback(host);
  options.limits.body_bytes = longest_body;
  options.path_hint = "The paths are / and /peers.";
  state_->server = std::make_unique<http::server>(std::move(options));
  add_pages(state_->server->routes(), state_->source);
  auto address = cafmesh::host_port{host, port}.str();
  if (auto wrong = state_->server->listen(address))
    return cannot_listen(host, port, wrong.number);
  if (auto wrong = state_->server->start())
    return make_error(cafmesh::errc::socket_failed,
                      "cannot serve HTTP: " + wrong.text);
  return {};
}

} // namespace counter
