#include <iostream>

#include <caf/all.hpp>

#include "../../actors/options.hpp"
#include "../../actors/router.hpp"
#include "../../messages/errc.hpp"

// A node in a process of its own, which tests stop, freeze and kill. Says where
// it listens, and ends with its input.
namespace {

struct config : caf::actor_system_config {
  config() {
    cafmesh::add_options(*this);
  }
};

void caf_main(caf::actor_system& system, const config& options) {
  auto router = cafmesh::spawn_router(system, cafmesh::get_settings(options));
  if (!router) {
    std::cerr << cafmesh::describe(router.error()) << std::endl;
    return;
  }
  caf::scoped_actor self{system};
  self->send(*router, cafmesh::start_mesh{});
  self->request(*router, caf::infinite, cafmesh::get_node{})
    .receive(
      [](const cafmesh::node_description& us) {
        std::cout << us.address << std::endl;
      },
      [](const caf::error&) {});
  for (std::string line; std::getline(std::cin, line);)
    continue;
  self->send(*router, cafmesh::stop_mesh{});
}

} // namespace

CAF_MAIN()
