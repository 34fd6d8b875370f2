// A plug-in that runs two nodes, lets them connect to each other, and stops
// them.
#include <iostream>
#include <thread>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

namespace {

cafmesh::settings on_loopback() {
  auto result = *cafmesh::preset("loopback");
  result.host = "127.0.0.1";
  result.port = 0;
  result.passwords = {"correct horse battery staple"};
  return result;
}

template <class Answer, class Question>
Answer ask(caf::actor_system& system, const cafmesh::router_actor& router,
           Question question) {
  caf::scoped_actor self{system};
  Answer result;
  self->request(router, caf::infinite, std::move(question))
    .receive([&](Answer& x) { result = std::move(x); },
             [](const caf::error& why) {
               std::cerr << cafmesh::describe(why) << std::endl;
             });
  return result;
}

void stop(caf::actor_system& system, const cafmesh::router_actor& router) {
  caf::scoped_actor self{system};
  self->request(router, caf::infinite, cafmesh::stop_mesh{})
    .receive([] {}, [](const caf::error&) {});
}

bool meet(caf::actor_system& system, const cafmesh::router_actor& router) {
  for (auto tries = 0; tries < 200; ++tries) {
    using cafmesh::mesh_description;
    auto all = ask<mesh_description>(system, router, cafmesh::get_topology{});
    if (all.peers.size() == 2)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return false;
}

} // namespace

/// Returns 0 if the two nodes met.
extern "C" int run_nodes() {
  caf::actor_system_config config;
  cafmesh::set_scheduling(config);
  caf::actor_system system{config};
  auto first = cafmesh::spawn_router(system, on_loopback());
  if (!first)
    return 1;
  auto count =
    cafmesh::spawn_replicated(system, *first, "count", cafmesh::grow_counter{});
  caf::anon_send(*first, cafmesh::start_mesh{});
  using cafmesh::node_description;
  auto us = ask<node_description>(system, *first, cafmesh::get_node{});
  auto other = on_loopback();
  // A host name and not an address, so that a thread looks it up.
  other.peers = {"localhost" + us.address.substr(us.address.rfind(':'))};
  auto second = cafmesh::spawn_router(system, other);
  if (!second)
    return 2;
  caf::anon_send(*second, cafmesh::start_mesh{});
  auto met = meet(system, *second);
  stop(system, *second);
  stop(system, *first);
  return met ? 0 : 3;
}
