#include <unistd.h>

#include <algorithm>
#include <string>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>

#include "tools/benchmarks/actor_traffic.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"

// Measures CAF's own remoting, the alternative for CAF users.

namespace {

using bench::options;

struct config : caf::actor_system_config {
  explicit config(const options& opts) {
    load<caf::io::middleman>();
    add_message_type<bench::message_bytes>("message_bytes");
    set("scheduler.policy", caf::atom("sharing"));
    // `threads` includes the middleman's thread.
    set("scheduler.max-threads", std::max<std::size_t>(opts.threads, 2) - 1);
    set("middleman.workers", std::size_t{0});
  }
};

int serve(caf::actor_system& system, const options& opts) {
  auto actor = opts.role == "sink"
                 ? system.spawn(bench::sink_behavior, opts.size)
                 : system.spawn(bench::echo_behavior);
  auto port = system.middleman().publish(actor, opts.port, "127.0.0.1");
  if (!port)
    return 1;
  bench::report("ready", "\"port\":" + std::to_string(*port));
  bench::wait_for_end_of_input();
  return 0;
}

int call(caf::actor_system& system, const options& opts) {
  auto& address = opts.peers.front();
  auto port = std::stoul(address.substr(address.find(':') + 1));
  auto to = system.middleman().remote_actor("127.0.0.1",
                                            static_cast<std::uint16_t>(port));
  if (!to)
    return 1;
  bench::report("ready");
  if (opts.role == "source")
    system.spawn(bench::source_behavior, *to, opts);
  else
    system.spawn(opts.role == "watcher" ? bench::watcher_behavior
                                        : bench::pinger_behavior,
                 *to, opts);
  bench::wait_for_end_of_input();
  return 0;
}

int run(const options& opts) {
  config cfg{opts};
  caf::actor_system system{cfg};
  auto status = opts.peers.empty() ? serve(system, opts) : call(system, opts);
  // Ends immediately, because the middleman's actors would keep the process
  // alive.
  _exit(status);
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
