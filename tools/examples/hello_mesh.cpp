#include <iostream>

#include <caf/all.hpp>
#include <cafmesh/actors/router.hpp>

using namespace cafmesh;

gossiper_actor::behavior_type printer() {
  return {[](const broadcast_arrived&) { return gossip_data_ptr{}; },
          [](const gossip_arrived&) { return gossip_data_ptr{}; },
          [](get_gossip) { return gossip_data_ptr{}; },
          [](const unicasts_arrived& xs) {
            for (const auto& [source, data] : xs.messages)
              std::cout << source.str() << data.view().as_text() << std::endl;
          }};
}

void caf_main(caf::actor_system& system, const caf::actor_system_config& args) {
  settings mesh;
  mesh.port = 0; // any that is free
  mesh.peers = args.remainder;
  auto node = spawn_router(system, mesh);
  if (!node)
    return void(std::cerr << to_string(node.error()) << std::endl);
  caf::scoped_actor self{system};
  auto talk = [&](const gossip_channel_actor& channel) {
    self->send(*node, start_mesh{});
    for (std::string to, text; std::cin >> to && std::getline(std::cin, text);)
      if (auto name = peer_name::parse(to, mesh.flavour))
        self->send(channel, unicast{*name, payload::copy_of(byte_view{text})});
    self->send(*node, stop_mesh{});
  };
  auto ears = system.spawn(printer);
  self->request(*node, caf::infinite, join_channel{"hello", ears})
    .receive(talk, [](const caf::error&) {});
}
CAF_MAIN()
