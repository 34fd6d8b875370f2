// A chat: every peer of the mesh shows the lines that any peer sends.
//
//   chat --mesh.nickname=ann
//   chat --mesh.nickname=bob --mesh.port=0 --mesh.peers=localhost
#include <iostream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

namespace {

struct config : caf::actor_system_config {
  config() {
    add_options(*this);
  }
};

/// Shows a line. It is escaped, because text from other peers may contain
/// terminal control codes.
void show(const std::string& text) {
  std::cout << escaped(text, 1000) + "\n" << std::flush;
}

/// Lines of chat. Lines that wait for a slow neighbour are merged.
class lines : public gossip_data {
public:
  explicit lines(std::vector<payload> all) : all_(std::move(all)) {
  }

  std::vector<payload> encode() const override {
    return all_;
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto both = all_;
    auto& more = static_cast<const lines&>(other).all_;
    both.insert(both.end(), more.begin(), more.end());
    return std::make_shared<lines>(std::move(both));
  }

private:
  std::vector<payload> all_;
};

/// Receives the lines of chat. It keeps no lines for peers that join later.
gossiper_actor::behavior_type reader() {
  return {[](const unicasts_arrived&) {},
          [](const broadcast_arrived& x) -> gossip_data_ptr {
            show(std::string{x.data.view().as_text()});
            return std::make_shared<lines>(std::vector<payload>{x.data});
          },
          [](const gossip_arrived&) { return gossip_data_ptr{}; },
          [](get_gossip) {
            return gossip_data_ptr{};
          }};
}

event_subscriber_actor::behavior_type doorman() {
  return {
    [](const mesh_description& x) {
      for (const auto& [peer, connections] : x.peers)
        if (peer.name != x.self)
          show("* " + peer.nickname + " is here");
    },
    [](const peer_joined& x) { show("* " + x.peer.nickname + " has come"); },
    [](const peer_left& x) { show("* " + x.peer.nickname + " has left"); },
    [](const peer_restarted&) {},
    [](const connection_added&) {},
    [](const connection_established&) {},
    [](const connection_removed&) {},
    [](routes_changed) {},
    [](const gossiper_ended&) {},
    [](short_ids_changed) {
    }};
}

void talk(caf::scoped_actor& self, const router_actor& router,
          const gossip_channel_actor& channel) {
  std::string nickname;
  self->request(router, caf::infinite, get_node{})
    .receive(
      [&](const node_description& us) {
        nickname = us.nickname.empty() ? us.name.str() : us.nickname;
        show("* you are " + nickname + ", at " + us.address);
      },
      [](const caf::error&) {});
  for (std::string line; std::getline(std::cin, line);) {
    auto text = nickname + ": " + line;
    self->send(channel, broadcast{std::make_shared<lines>(std::vector<payload>{
                          payload::copy_of(byte_view{text})})});
  }
}

void caf_main(caf::actor_system& system, const config& options) {
  auto router =
    spawn_router(system, get_settings(options), nullptr, make_null_sink());
  if (!router) {
    std::cerr << describe(router.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  auto readers = system.spawn(reader);
  auto door = system.spawn(doorman);
  caf::scoped_actor self{system};
  self->send(*router, subscribe{door});
  self->request(*router, caf::infinite, join_channel{"chat", readers})
    .receive(
      [&](const gossip_channel_actor& channel) {
        self->send(*router, start_mesh{});
        talk(self, *router, channel);
      },
      [](const caf::error& why) { std::cerr << describe(why) << std::endl; });
  self->send(*router, stop_mesh{});
  self->send_exit(door, caf::exit_reason::user_shutdown);
}

} // namespace

CAF_MAIN()
