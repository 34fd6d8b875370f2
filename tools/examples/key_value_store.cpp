// A key-value store without a master: every node has all entries, reads and
// writes locally, and agrees with the others as soon as it can reach them.
//
//   key_value_store
//   key_value_store --mesh.port=0 --mesh.peers=localhost
//
// It reads the commands `put KEY VALUE`, `get KEY`, `delete KEY` and `list`,
// and shows the changes of all nodes as they arrive.
#include <iostream>
#include <sstream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

namespace {

struct config : caf::actor_system_config {
  config() {
    add_options(*this);
  }
};

using store_actor = replicated_actor<lww_map>;

std::string line_of(const std::string& key, const lww_map::entry* x) {
  auto value = x && !x->deleted ? escaped(x->value.view().as_text()) : "-";
  return escaped(key) + " = " + value + "\n";
}

value_watcher_actor<lww_map>::behavior_type news_reader() {
  return {[](const value_changed<lww_map>& x) {
    for (const auto& [key, entry] : x.news->entries())
      std::cout << "changed: " + line_of(key, &entry) << std::flush;
  }};
}

/// Carries out the user's commands, one at a time.
class console {
public:
  console(caf::actor_system& system, store_actor store, peer_name who)
      : self_(system), store_(std::move(store)), who_(who) {
  }

  void obey(const std::string& command) {
    std::istringstream in{command};
    std::string verb, key, value;
    in >> verb >> key >> std::ws;
    std::getline(in, value);
    if (verb == "put")
      change([=, who = who_](const lww_map& x) {
        return x.put(key, byte_view{value}, who);
      });
    else if (verb == "delete")
      change([=, who = who_](const lww_map& x) { return x.erase(key, who); });
    else if (verb == "get")
      look([&](const lww_map& x) { std::cout << line_of(key, x.find(key)); });
    else if (verb == "list")
      look([](const lww_map& x) {
        for (const auto& [each, entry] : x.entries())
          if (!entry.deleted)
            std::cout << line_of(each, &entry);
      });
    else
      std::cout << "put KEY VALUE, get KEY, delete KEY or list\n";
    std::cout << std::flush;
  }

private:
  template <class F>
  void change(F how) {
    self_->request(store_, caf::infinite, update<lww_map>{std::move(how)})
      .receive(
        [](const snapshot<lww_map>&) {},
        [](const caf::error& why) { std::cout << describe(why) + "\n"; });
  }

  template <class F>
  void look(F at) {
    self_->request(store_, caf::infinite, get_value<lww_map>{})
      .receive(
        [&](const snapshot<lww_map>& x) { at(*x); },
        [](const caf::error& why) { std::cout << describe(why) + "\n"; });
  }

  caf::scoped_actor self_;
  store_actor store_;
  peer_name who_;
};

void caf_main(caf::actor_system& system, const config& options) {
  auto router =
    spawn_router(system, get_settings(options), nullptr, make_null_sink());
  if (!router) {
    std::cerr << describe(router.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  auto store = spawn_replicated(system, *router, "kv", lww_map{});
  caf::scoped_actor self{system};
  self->send(store, watch<lww_map>{system.spawn(news_reader)});
  auto failed = [](const caf::error& why) {
    std::cerr << describe(why) << std::endl;
  };
  peer_name who;
  self->request(*router, caf::infinite, get_node{})
    .receive(
      [&](const node_description& us) {
        who = us.name;
        std::cout << us.name.str() + " at " + us.address + "\n" << std::flush;
      },
      failed);
  // Starts the node once the store has joined its channel, so that the store
  // misses no message.
  self->request(store, caf::infinite, get_channel{})
    .receive(
      [&](const gossip_channel_actor&) { self->send(*router, start_mesh{}); },
      failed);
  console user{system, store, who};
  for (std::string line; std::getline(std::cin, line);)
    user.obey(line);
  self->send(*router, stop_mesh{});
}

} // namespace

CAF_MAIN()
