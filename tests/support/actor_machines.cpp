#include "tests/support/actor_machines.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/directory/directory.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

namespace {

constexpr std::uint16_t node_port = 6783;

} // namespace

machine::machine(char name, std::shared_ptr<memory_transport> net,
                 std::uint64_t seed, actor_settings config)
    : letter(name) {
  settings node_config;
  node_config.name = peer_name::from_number(static_cast<std::uint64_t>(letter));
  node_config.nickname = std::string(1, letter);
  node_config.host = actor_machines::host_of(letter);
  node_config.port = node_port;
  node_config.discovery = false;
  node_config.seed = seed;
  node_config.retry_initial = milliseconds{200};
  node_config.retry_max = milliseconds{400};
  auto spawned = spawn_router(system(), node_config, std::move(net), log);
  BOOST_TEST_REQUIRE(bool{spawned});
  router = *spawned;
  config.seed = seed;
  auto joined = spawn_actor_layer(system(), router, config, log,
                                  blocking_work::on_scheduler);
  BOOST_TEST_REQUIRE(bool{joined});
  remote = *joined;
  auto described = ask_later<node_description>(system(), router, get_node{});
  ask_later<void>(system(), router, start_mesh{});
  world.run();
  BOOST_REQUIRE(described->value);
  home = {described->value->name, described->value->uid, system().node()};
}

directory_actor machine::spawn_names() {
  return spawn_directory(system(), router,
                         {remote.carrier, system().node(), remote.postman});
}

std::shared_ptr<std::vector<caf::error>>
machine::monitor(const caf::actor& whom) {
  auto result = std::make_shared<std::vector<caf::error>>();
  spawn([=](caf::event_based_actor* self) -> caf::behavior {
    caf_version::on_down(
      self, [result](const caf::actor_addr&, const caf::error& why) {
        result->push_back(why);
      });
    self->monitor(whom);
    return {[](int) {
    }};
  });
  return result;
}

caf::behavior adder(caf::event_based_actor*) {
  return {[](int x, int y) {
    return x + y;
  }};
}

actor_machines::~actor_machines() {
  std::string all;
  for (const auto& x : machines_)
    all.push_back(x.first);
  for (auto letter : all)
    stop(letter);
}

machine& actor_machines::add(char letter, actor_settings config) {
  auto& place = machines_[letter];
  place = std::make_unique<machine>(letter, net_, ++seeds_, config);
  return *place;
}

void actor_machines::connect(char from, char to) {
  ask_later<void>(at(from).system(), at(from).router,
                  connect_to{{host_of(to) + ":6783"}, false});
  run();
}

void actor_machines::line(const std::string& letters, actor_settings config) {
  for (auto letter : letters)
    add(letter, config);
  for (std::size_t i = 0; i + 1 < letters.size(); ++i)
    connect(letters[i], letters[i + 1]);
  run_for(seconds{3});
  publish_homes();
  run_for(milliseconds{50});
}

void actor_machines::publish_homes(const std::string& without) {
  homes_changed homes;
  for (const auto& x : machines_)
    if (without.find(x.first) == std::string::npos)
      homes.came.push_back(x.second->home);
    else {
      homes.gone.push_back(x.second->home);
      homes.left.push_back(x.second->home.peer);
    }
  for (const auto& x : machines_)
    caf::anon_send(x.second->remote.postman, homes);
  run();
}

void actor_machines::stop(char letter) {
  auto& x = at(letter);
  for (const auto& actor : x.actors)
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  x.actors.clear();
  auto stopped = ask_later<void>(x.system(), x.router, stop_mesh{});
  run();
  run_for(seconds{3});
  BOOST_TEST(!stopped->is_open);
  x.router = nullptr;
  x.remote = {};
  run_for(seconds{1});
  BOOST_TEST(x.world.running() == 0u, "actors stay behind on " << letter);
  machines_.erase(letter);
}

std::string actor_machines::sum(char from, const caf::actor& whom) {
  auto result = std::make_shared<std::string>("no answer");
  at(from).system().spawn([=](caf::event_based_actor* self) {
    self->request(whom, caf::infinite, 40, 2)
      .then([=](int x) { *result = std::to_string(x); },
            [=](const caf::error& why) { *result = describe(why); });
  });
  run_for(milliseconds{50});
  return *result;
}

void actor_machines::run() {
  for (auto again = true; again;) {
    again = false;
    for (const auto& x : machines_) {
      auto before = x.second->world.turns();
      x.second->world.run();
      again = again || x.second->world.turns() != before;
    }
  }
}

void actor_machines::run_for(duration time) {
  constexpr milliseconds step{1};
  run();
  for (auto passed = duration::zero(); passed < time; passed += step) {
    for (const auto& x : machines_)
      x.second->world.run_for(step);
    run();
  }
}

} // namespace cafmesh::test
