#include "http_face.hpp"

#include <sys/socket.h>

#include <chrono>
#include <thread>
#include <unordered_map>
#include <utility>

#include <caf/scoped_actor.hpp>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "../../messages/errc.hpp"

namespace counter {

namespace {

using cafmesh::grow_counter;

constexpr auto answer_time = std::chrono::seconds{5};

nlohmann::json to_json(const cafmesh::mesh_description& mesh) {
  std::unordered_map<cafmesh::peer_name, std::string> nicknames;
  for (const auto& x : mesh.peers)
    nicknames.emplace(x.peer.name, x.peer.nickname);
  auto peers = nlohmann::json::array();
  for (const auto& x : mesh.peers) {
    auto connections = nlohmann::json::array();
    for (const auto& c : x.connections)
      connections.push_back({{"Name", c.remote.str()},
                             {"NickName", nicknames[c.remote]},
                             {"Address", c.remote_address},
                             {"Outbound", c.outbound},
                             {"Established", c.established}});
    peers.push_back(
      {{"Name", x.peer.name.str()},
       {"NickName", x.peer.nickname},
       {"UID", value_of(x.peer.uid)},
       {"ShortID", x.peer.alias ? value_of(*x.peer.alias) : std::uint16_t{0}},
       {"Version", x.peer.version},
       {"Connections", std::move(connections)}});
  }
  return peers;
}

} // namespace

struct http_face::state {
  state(caf::actor_system& sys, cafmesh::router_actor r, counter_actor c,
        cafmesh::peer_name name)
      : system(sys), router(std::move(r)), numbers(std::move(c)), us(name) {
  }

  // Asks an actor on behalf of a client; answers 503 where it does not.
  template <class Handle, class Question, class OnAnswer>
  void ask(httplib::Response& res, const Handle& whom, Question question,
           OnAnswer on_answer) {
    caf::scoped_actor self{system};
    self->request(whom, answer_time, std::move(question))
      .receive(std::move(on_answer), [&](const caf::error& why) {
        res.status = 503;
        res.set_content(cafmesh::describe(why) + "\n", "text/plain");
      });
  }

  // Asks for the count, or for a change of it, and tells the client.
  template <class Question>
  void count(httplib::Response& res, const char* what, Question question) {
    ask(res, numbers, std::move(question),
        [&](const cafmesh::snapshot<grow_counter>& x) {
          res.set_content(std::string{what} + " => "
                            + std::to_string(x->value()) + "\n",
                          "text/plain; charset=utf-8");
        });
  }

  cafmesh::update<grow_counter> increment() const {
    return {[us = us](const grow_counter& x) {
      return x.increment(us);
    }};
  }

  caf::actor_system& system;
  cafmesh::router_actor router;
  counter_actor numbers;
  cafmesh::peer_name us;
  httplib::Server server;
  std::thread thread;
};

http_face::http_face(caf::actor_system& system, cafmesh::router_actor router,
                     counter_actor numbers, cafmesh::peer_name self)
    : state_(std::make_unique<state>(system, std::move(router),
                                     std::move(numbers), self)) {
  auto st = state_.get();
  // Without SO_REUSEPORT, with which a taken port would not be noticed.
  st->server.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  st->server.Get("/", [st](const httplib::Request&, httplib::Response& res) {
    st->count(res, "get", cafmesh::get_value<grow_counter>{});
  });
  // With a reader of its own, which reads nothing: without one, the library
  // waits for a body that ends with the connection where `curl -X POST` sends
  // no length. What a body there is may not be taken for the next request.
  st->server.Post("/", [st](const httplib::Request&, httplib::Response& res,
                            const httplib::ContentReader&) {
    res.set_header("Connection", "close");
    st->count(res, "incr", st->increment());
  });
  st->server.Get(
    "/peers", [st](const httplib::Request&, httplib::Response& res) {
      st->ask(res, st->router, cafmesh::get_topology{},
              [&](const cafmesh::mesh_description& mesh) {
                res.set_content(
                  to_json(mesh).dump(2, ' ', false,
                                     nlohmann::json::error_handler_t::replace)
                    + "\n",
                  "application/json");
              });
    });
}

http_face::~http_face() {
  state_->server.stop();
  if (state_->thread.joinable())
    state_->thread.join();
}

caf::error http_face::start(const std::string& host, std::uint16_t port) {
  if (!state_->server.bind_to_port(host, port))
    return cafmesh::make_error(cafmesh::errc::address_in_use,
                               "cannot listen on " + host + ":"
                                 + std::to_string(port) + " for HTTP");
  state_->thread = std::thread{[st = state_.get()] {
    st->server.listen_after_bind();
  }};
  return {};
}

} // namespace counter
