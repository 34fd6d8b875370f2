// Adds a mesh to an application that has actors, options and a `caf::io` server
// of its own: a note that one server receives reaches all servers.
//
//   plugin --port=4000
//   plugin --port=4001 --mesh.port=0 --mesh.peers=localhost
//   plugin --port=4000 add milk             asks the first server
//   plugin --port=4001 list                 asks the second one
#include <iostream>

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <cafmesh/all.hpp>

namespace {

// -- the application without the mesh

using notes = std::set<std::string>;

struct notebook_state {
  notes all;
  std::vector<caf::actor> readers;
};

/// Keeps the notes of one server. Handles:
/// - add_atom, note -> whether the note is new
/// - get_atom -> all notes
/// - subscribe_atom, reader: sends the reader an update_atom for each new note
caf::behavior notebook(caf::stateful_actor<notebook_state>* self) {
  return {[=](caf::add_atom, const std::string& note) {
            auto is_new = self->state.all.insert(note).second;
            if (is_new)
              for (const auto& reader : self->state.readers)
                self->send(reader, caf::update_atom::value, note);
            return is_new;
          },
          [=](caf::get_atom) { return self->state.all; },
          [=](caf::subscribe_atom, const caf::actor& reader) {
            self->state.readers.push_back(reader);
          }};
}

struct config : caf::actor_system_config {
  config() {
    load<caf::io::middleman>();
    opt_group{custom_options_, "global"}.add(port, "port",
                                             "for notes, on this host");
    cafmesh::add_options(*this);
  }

  std::uint16_t port = 4000;
};

void ask_server(caf::actor_system& system, const config& options) {
  auto server = system.middleman().remote_actor("127.0.0.1", options.port);
  if (!server) {
    std::cerr << system.render(server.error()) << std::endl;
    return;
  }
  caf::scoped_actor self{system};
  auto failed = [&](const caf::error& why) {
    std::cerr << system.render(why) << std::endl;
  };
  const auto& words = options.remainder;
  if (words.front() == "add" && words.size() == 2)
    self->request(*server, caf::infinite, caf::add_atom::value, words[1])
      .receive([](bool) {}, failed);
  else
    self->request(*server, caf::infinite, caf::get_atom::value)
      .receive(
        [](const notes& all) {
          for (const auto& note : all)
            std::cout << note << std::endl;
        },
        failed);
}

// -- the mesh as a plug-in

using shared_notes = cafmesh::replicated_actor<cafmesh::observed_remove_set>;

/// Connects the notebook to the set that all nodes share. Each side ignores
/// notes that it already has, so that no note goes back and forth.
caf::behavior bridge(caf::event_based_actor* self, const caf::actor& book,
                     const shared_notes& shared, cafmesh::peer_uid us) {
  using cafmesh::observed_remove_set;
  using watcher = cafmesh::value_watcher_actor<observed_remove_set>;
  self->send(book, caf::subscribe_atom::value, caf::actor{self});
  caf::anon_send(shared, cafmesh::watch<observed_remove_set>{
                           caf::actor_cast<watcher>(caf::actor{self})});
  return {[=](caf::update_atom, const std::string& note) {
            auto add = [=](const observed_remove_set& x) {
              return x.contains(note) ? observed_remove_set{}
                                      : *x.add(note, us);
            };
            caf::anon_send(shared, cafmesh::update<observed_remove_set>{add});
          },
          [=](const cafmesh::value_changed<observed_remove_set>& x) {
            for (const auto& [note, dots] : x.news->elements())
              self->send(book, caf::add_atom::value, note);
          },
          [](bool) {
          }};
}

caf::expected<cafmesh::router_actor> attach_mesh(caf::actor_system& system,
                                                 const config& options,
                                                 const caf::actor& book) {
  auto router = cafmesh::spawn_router(system, cafmesh::get_settings(options));
  if (!router)
    return router;
  caf::scoped_actor self{system};
  auto shared = cafmesh::spawn_replicated(system, *router, "notes",
                                          cafmesh::observed_remove_set{});
  caf::error failure;
  auto failed = [&](const caf::error& why) {
    failure = why;
  };
  self->request(*router, caf::infinite, cafmesh::get_node{})
    .receive(
      [&](const cafmesh::node_description& us) {
        system.spawn(bridge, book, shared, us.uid);
      },
      failed);
  self->request(shared, caf::infinite, cafmesh::get_channel{})
    .receive([](const cafmesh::gossip_channel_actor&) {}, failed);
  self->request(*router, caf::infinite, cafmesh::start_mesh{})
    .receive([] {}, failed);
  if (failure)
    return failure;
  return router;
}

void serve(caf::actor_system& system, const config& options) {
  auto book = system.spawn(notebook);
  auto router = attach_mesh(system, options, book);
  if (!router) {
    std::cerr << system.render(router.error()) << std::endl;
    std::quick_exit(EXIT_FAILURE);
  }
  auto port = system.middleman().publish(book, options.port, "127.0.0.1");
  if (port)
    std::cout << "notes on port " << *port << std::endl;
  else
    std::cerr << system.render(port.error()) << std::endl;
  for (std::string line; port && std::getline(std::cin, line);)
    caf::anon_send(book, caf::add_atom::value, line);
  system.middleman().unpublish(book);
  caf::anon_send(*router, cafmesh::stop_mesh{});
  caf::anon_send_exit(book, caf::exit_reason::user_shutdown);
}

void caf_main(caf::actor_system& system, const config& options) {
  if (options.remainder.empty())
    serve(system, options);
  else
    ask_server(system, options);
}

} // namespace

CAF_MAIN()
