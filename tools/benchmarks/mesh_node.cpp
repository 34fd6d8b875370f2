#include <algorithm>
#include <cstdio>
#include <exception>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../../actors/core/host_port.hpp"
#include "../../actors/router.hpp"
#include "../../messages/errc.hpp"
#include "measure.hpp"
#include "options.hpp"
#include "traffic.hpp"

// One peer of the mesh in one role of a benchmark. Says `ready` with its port,
// then what its role has to report; ends with its input.

namespace {

using namespace cafmesh;

constexpr const char* channel_used = "bench";

struct config : caf::actor_system_config {
  explicit config(std::size_t threads) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-throughput", std::size_t{100});
    // The thread that waits for sockets works, too.
    set("scheduler.max-threads", std::max<std::size_t>(threads, 2) - 1);
  }
};

settings settings_from(const bench::options& opts) {
  settings result;
  result.name = *peer_name::parse(opts.name, name_flavour::mac);
  result.host = "127.0.0.1";
  result.port = opts.port;
  result.peers = opts.peers;
  result.discovery = false;
  if (opts.password)
    result.passwords.emplace_back(*opts.password);
  return result;
}

bench::role_actor spawn_role(caf::actor_system& system,
                             const bench::options& opts) {
  if (opts.role == "sink")
    return bench::spawn_sink(system, opts);
  if (opts.role == "echo")
    return bench::spawn_echo(system, opts);
  if (opts.role == "source")
    return bench::spawn_source(system, opts);
  if (opts.role == "pinger")
    return bench::spawn_pinger(system, opts);
  return {};
}

int run(const bench::options& opts) {
  config cfg{opts.threads};
  caf::actor_system system{cfg};
  auto router =
    spawn_router(system, settings_from(opts), nullptr, make_null_sink());
  if (!router) {
    std::fprintf(stderr, "%s\n", describe(router.error()).c_str());
    return 1;
  }
  caf::scoped_actor self{system};
  int status = 0;
  auto ask = [&](auto question, auto on_answer) {
    self->request(*router, caf::infinite, std::move(question))
      .receive(on_answer, [&](const caf::error& why) {
        std::fprintf(stderr, "%s\n", describe(why).c_str());
        status = 1;
      });
  };
  auto role = spawn_role(system, opts);
  if (role)
    ask(join_channel{channel_used, role}, [&](gossip_channel_actor& channel) {
      self->send(role, bench::use_channel{std::move(channel)});
    });
  ask(start_mesh{}, [] {});
  ask(get_node{}, [](const node_description& us) {
    bench::report("ready",
                  "\"port\":"
                    + std::to_string(host_port::parse(us.address)->port));
  });
  bench::wait_for_end_of_input();
  ask(stop_mesh{}, [] {});
  self->send_exit(role, caf::exit_reason::user_shutdown);
  return status;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(bench::parse_options(argc, argv));
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s: %s\n", argv[0], why.what());
    return 2;
  }
}
