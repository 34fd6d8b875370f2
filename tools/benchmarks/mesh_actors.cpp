#include <string>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/actor_traffic.hpp"
#include "tools/benchmarks/find_actor.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/node.hpp"
#include "tools/benchmarks/options.hpp"

// Measures messages between actors of different processes over the mesh.
// remoting.cpp measures the same actors over CAF's own remoting.

namespace {

using bench::options;

constexpr const char* published_name = "traffic";

struct config : bench::actor_config {
  explicit config(const options& opts) : actor_config(opts.threads) {
    cafmesh::add_options(*this);
    add_message_type<bench::message_bytes>("message_bytes");
  }
};

void publish(caf::actor_system& system, const cafmesh::directory_actor& in,
             const caf::actor& what) {
  caf::anon_send(in, cafmesh::publication(system, published_name, what));
}

bool start_role(caf::actor_system& system,
                const cafmesh::directory_actor& names, const options& opts) {
  if (opts.role == "sink")
    publish(system, names, system.spawn(bench::sink_behavior, opts.size));
  else if (opts.role == "echo")
    publish(system, names, system.spawn(bench::echo_behavior));
  else if (auto to = opts.role == "relay"
                       ? caf::actor{}
                       : bench::find_actor(system, names, published_name))
    system.spawn(opts.role == "source"    ? bench::source_behavior
                 : opts.role == "watcher" ? bench::watcher_behavior
                                          : bench::pinger_behavior,
                 to, opts);
  else
    return opts.role == "relay";
  return true;
}

int run(const options& opts) {
  bench::keep_memory();
  config cfg{opts};
  caf::actor_system system{cfg};
  auto router = bench::spawn_node(system, bench::settings_from(opts));
  auto names = *cafmesh::join_actors(system, router, std::nullopt,
                                     cafmesh::make_null_sink());
  caf::anon_send(router, cafmesh::start_mesh{});
  bench::report("ready");
  if (!start_role(system, names, opts))
    return 1;
  bench::wait_for_end_of_input();
  // Ends immediately, because the figures do not include leaving the mesh.
  _exit(0);
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
