#include <iostream>
#include <unistd.h>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

struct config : caf::actor_system_config {
  config() {
    add_options(*this);
  }
};

caf::behavior adder() {
  return {[](int x, int y) {
    return std::to_string(x + y) + " by process " + std::to_string(::getpid());
  }};
}

void caf_main(caf::actor_system& system, const config& options) {
  auto node = spawn_router(system, get_settings(options));
  auto names = node ? join_actors(system, *node) : node.error();
  if (!names) {
    std::cerr << describe(names.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  caf::scoped_actor self{system};
  auto here = self->spawn(adder);
  self->send(*names, publication(system, "adder", here));
  pool_options twice_is_harmless;
  twice_is_harmless.is_idempotent = [](auto&) {
    return true;
  };
  auto all = spawn_name_pool(system, *names, "adder", twice_is_harmless);
  self->send(*node, start_mesh{});
  for (int x, y; std::cin >> x >> y;)
    self->request(all, std::chrono::seconds{30}, x, y)
      .receive(
        [](std::string& sum) { std::cout << sum << std::endl; },
        [](const caf::error& why) { std::cerr << describe(why) << std::endl; });
  if (!std::cin.eof())
    std::cerr << "expected two 32-bit integers" << std::endl;
  self->send_exit(here, caf::exit_reason::user_shutdown);
  self->send(*node, stop_mesh{});
}
CAF_MAIN()
