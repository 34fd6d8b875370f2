#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/addresses/host_port.hpp"
#include "tools/benchmarks/broadcast.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/node.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/traffic.hpp"

// Runs one peer of the mesh in one role of a benchmark. Reports `ready` with
// its port, then the results of its role, and ends when standard input ends. A
// second role, as in `echo+slow`, has a channel of its own.

namespace {

using namespace cafmesh;

bench::role_actor spawn_role(caf::actor_system& system,
                             const bench::options& opts) {
  if (opts.role == "slow")
    return bench::spawn_slow(system);
  if (opts.role == "sink")
    return bench::spawn_sink(system, opts);
  if (opts.role == "echo")
    return bench::spawn_echo(system, opts);
  if (opts.role == "source")
    return bench::spawn_source(system, opts);
  if (opts.role == "pinger")
    return bench::spawn_pinger(system, opts);
  if (opts.role == "broadcaster")
    return bench::spawn_broadcaster(system, opts);
  return {};
}

constexpr const char* second_channel = "beside";

// The second role sends this many seconds longer than the first, so that it
// runs during the whole measurement.
constexpr double longer = 2;

std::pair<bench::options, bench::options> roles_of(bench::options opts) {
  auto second = opts;
  second.role.clear();
  if (auto plus = opts.role.find('+'); plus != std::string::npos) {
    second.role = opts.role.substr(plus + 1);
    second.seconds += longer;
    opts.role.resize(plus);
  }
  return {std::move(opts), std::move(second)};
}

int run(const bench::options& opts) {
  bench::keep_memory();
  bench::raise_descriptor_limit();
  bench::actor_config cfg{opts.threads};
  caf::actor_system system{cfg};
  auto router = bench::spawn_node(system, bench::settings_from(opts));
  caf::scoped_actor self{system};
  std::vector<bench::role_actor> roles;
  auto take_on = [&](const bench::options& x, const char* channel_name) {
    auto role = spawn_role(system, x);
    if (!role)
      return;
    bench::ask(self, router, join_channel{channel_name, role},
               [&](gossip_channel_actor& channel) {
                 self->send(role, bench::use_channel{std::move(channel)});
               });
    roles.push_back(std::move(role));
  };
  const auto [first, second] = roles_of(opts);
  take_on(first, bench::channel_used);
  take_on(second, second_channel);
  bench::ask(self, router, start_mesh{}, [] {});
  auto address = bench::address_of(self, router);
  bench::report("ready",
                "\"port\":" + std::to_string(host_port::parse(address)->port));
  bench::wait_for_end_of_input();
  bench::ask(self, router, stop_mesh{}, [] {});
  for (const auto& role : roles)
    self->send_exit(role, caf::exit_reason::user_shutdown);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
