#include <algorithm>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>

#include "tools/benchmarks/large_traffic.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/two_processes.hpp"

// Measures large messages, and small ones beside them, over CAF's own remoting.

namespace {

using bench::options;

struct config : caf::actor_system_config {
  explicit config(const options& opts) {
    load<caf::io::middleman>();
    bench::add_large_types(*this);
    // `threads` includes the middleman's thread.
    set("scheduler.max-threads", std::max<std::size_t>(opts.threads, 2) - 1);
    set("middleman.workers", std::size_t{0});
  }
};

void serve(const options& opts,
           const std::function<void(const std::string&)>& ready) {
  config cfg{opts};
  caf::actor_system system{cfg};
  std::string ports;
  auto publish = [&](const caf::actor& what) {
    auto port = system.middleman().publish(what, 0, "127.0.0.1");
    if (!port)
      throw std::runtime_error("no port is free");
    ports += std::to_string(*port) + " ";
  };
  publish(system.spawn(bench::large_sink_behavior));
  publish(system.spawn(bench::number_echo_behavior));
  ready(ports);
}

void call(const options& opts, const std::string& ports) {
  config cfg{opts};
  caf::actor_system system{cfg};
  auto find = [&](const std::string& port) {
    auto found = system.middleman().remote_actor(
      "127.0.0.1", static_cast<std::uint16_t>(std::stoul(port)));
    if (!found)
      throw std::runtime_error("the other process is not reached");
    return *found;
  };
  bench::measure_large_traffic(system, find(ports),
                               find(ports.substr(ports.find(' '))), opts);
  // Ends immediately, because the middleman's actors would keep the process
  // alive.
  std::fflush(stdout);
  _exit(0);
}

int run(const options& opts) {
  bench::keep_memory();
  return bench::run_in_two_processes(
    [&](const auto& ready) { serve(opts, ready); },
    [&](const std::string& ports) { call(opts, ports); });
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
