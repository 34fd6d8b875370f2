#include <iostream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

void caf_main(caf::actor_system& system, const mesh_config& options) {
  auto node = spawn_router(system, get_settings(options));
  auto names = node ? join_actors(system, *node) : node.error();
  if (!names) {
    std::cerr << describe(names.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  caf::scoped_actor self{system};
  auto adder = self->spawn([] {
    return caf::behavior{[](int x, int y) {
      return x + y;
    }};
  });
  self->send(*names, publication(system, "adder", adder));
  auto all = spawn_name_pool(system, *names, "adder");
  self->send(*node, start_mesh{});
  for (int x, y; std::cin >> x >> y;)
    self->request(all, std::chrono::seconds{30}, x, y)
      .receive([](int sum) { std::cout << sum << std::endl; },
               [](caf::error& e) { std::cerr << describe(e) << std::endl; });
  if (!std::cin.eof())
    std::cerr << "expected two 32-bit integers" << std::endl;
  self->send_exit(adder, caf::exit_reason::user_shutdown);
  self->send(*node, stop_mesh{});
}
CAF_MAIN()
