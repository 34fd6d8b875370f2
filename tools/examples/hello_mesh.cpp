#include <iostream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

void caf_main(caf::actor_system& system, const caf::actor_system_config& args) {
  settings mesh;
  mesh.port = 0; // any free port
  mesh.peers = args.remainder;
  auto node = spawn_router(system, mesh);
  if (!node)
    return void(std::cerr << describe(node.error()) << std::endl);
  auto receiver =
    spawn_unicast_receiver(system, [](peer_name from, auto& data) {
      std::cout << from.str() << escaped(data.view().as_text()) << std::endl;
    });
  auto channel =
    caf::make_function_view(*join(system, *node, "hello", receiver));
  caf::anon_send(*node, start_mesh{});
  for (std::string to, text; std::cin >> to && std::getline(std::cin, text);) {
    auto name = peer_name::parse(to, mesh.flavour);
    auto sent = name
                  ? channel(unicast{*name, payload::copy_of(byte_view{text})})
                  : name.error();
    if (!sent)
      std::cerr << describe(sent.error()) << std::endl;
  }
  caf::anon_send(*node, stop_mesh{});
}
CAF_MAIN()
