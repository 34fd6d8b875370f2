#include "tests/scenarios/tcp_node.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

namespace {

gossiper_actor::behavior_type counting(const std::shared_ptr<tally>& got) {
  return {
    [got](const unicasts_arrived& xs) {
      for (const auto& x : xs.messages)
        got->bytes += x.data.size();
      got->unicasts += xs.messages.size();
    },
    [](const broadcast_arrived&) { return gossip_data_ptr{}; },
    [](const gossip_arrived&) { return gossip_data_ptr{}; },
    [](get_gossip) { return gossip_data_ptr{}; },
  };
}

template <class Answer, class Handle, class Question>
Answer ask(caf::actor_system& system, const Handle& whom, Question question) {
  caf::scoped_actor self{system};
  Answer result;
  self->request(whom, seconds{60}, std::move(question))
    .receive(
      [&](Answer& x) { result = std::move(x); },
      [&](const caf::error& why) { throw std::runtime_error(describe(why)); });
  return result;
}

template <class Handle, class Question>
caf::error tell(caf::actor_system& system, const Handle& whom,
                Question question) {
  caf::scoped_actor self{system};
  caf::error result;
  self->request(whom, seconds{60}, std::move(question))
    .receive([] {}, [&](caf::error& why) { result = std::move(why); });
  return result;
}

} // namespace

void shared_log::write(log_level, std::string_view text) {
  std::lock_guard guard{mutex_};
  lines_.emplace_back(text);
}

std::size_t shared_log::count(const std::vector<std::string>& parts) const {
  std::lock_guard guard{mutex_};
  auto has_all = [&](const std::string& line) {
    return std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
      return line.find(part) != std::string::npos;
    });
  };
  return static_cast<std::size_t>(
    std::count_if(lines_.begin(), lines_.end(), has_all));
}

tcp_node::tcp_node(caf::actor_system& system, settings config)
    : system_(system) {
  auto spawned = spawn_router(system, std::move(config), nullptr, log_);
  if (!spawned)
    throw std::runtime_error(describe(spawned.error()));
  router_ = *spawned;
  us_ = ask<node_description>(system_, router_, get_node{});
  gossiper_ = system_.spawn(counting, got_);
  channel_ = ask<gossip_channel_actor>(system_, router_,
                                       join_channel{"chan", gossiper_});
  tell(system_, router_, start_mesh{});
}

tcp_node::~tcp_node() {
  stop();
}

void tcp_node::send(const tcp_node& to, payload data) {
  send(to.name(), std::move(data));
}

void tcp_node::send(peer_name to, payload data) {
  caf::anon_send(channel_, unicast{to, std::move(data)});
}

caf::error tcp_node::ask_to_send(const tcp_node& to, payload data) {
  return ask_to_send(to.name(), std::move(data));
}

caf::error tcp_node::ask_to_send(peer_name to, payload data) {
  return tell(system_, channel_, unicast{to, std::move(data)});
}

caf::error tcp_node::ask_to_send_many(peer_name to, const payload& data,
                                      std::size_t count) {
  caf::scoped_actor self{system_};
  auto ask_one = [&] {
    return self->request(channel_, seconds{60}, unicast{to, data});
  };
  std::vector<decltype(ask_one())> asked;
  asked.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    asked.push_back(ask_one());
  caf::error result;
  for (auto& x : asked)
    x.receive([] {},
              [&](caf::error& why) {
                if (!result)
                  result = std::move(why);
              });
  return result;
}

void tcp_node::connect_to(const tcp_node& other) {
  connect_to(other.address());
}

void tcp_node::connect_to(const std::string& address) {
  tell(system_, router_, cafmesh::connect_to{{address}, false});
}

mesh_description tcp_node::topology() {
  return ask<mesh_description>(system_, router_, get_topology{});
}

std::size_t tcp_node::degree() {
  for (const auto& x : topology().peers)
    if (x.peer.name == us_.name)
      return x.connections.size();
  return 0;
}

bool tcp_node::comes_to_know(std::size_t peers) {
  return eventually([&] {
    const auto known = topology();
    std::set<peer_name> led_to{known.self};
    for (const auto& x : known.peers)
      for (const auto& y : x.connections)
        led_to.insert(y.remote);
    return known.peers.size() == peers && led_to.size() == peers;
  });
}

void tcp_node::stop() {
  if (!router_)
    return;
  tell(system_, router_, stop_mesh{});
  caf::anon_send_exit(gossiper_, caf::exit_reason::user_shutdown);
  router_ = nullptr;
  channel_ = nullptr;
  gossiper_ = nullptr;
}

std::uint16_t tcp_node::port() const {
  return host_port::parse(us_.address)->port;
}

void rest(milliseconds how_long) {
  std::this_thread::sleep_for(how_long);
}

} // namespace cafmesh::test
