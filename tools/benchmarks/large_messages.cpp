#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/find_actor.hpp"
#include "tools/benchmarks/large_traffic.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/two_processes.hpp"

// Measures large messages, and small ones beside them, over the mesh.
// large_remoting.cpp measures the same over CAF's own remoting.

namespace {

using bench::options;

constexpr std::size_t largest_message = 256 * 1024 * 1024;

struct config : caf::actor_system_config {
  explicit config(const options& opts) {
    cafmesh::set_scheduling(*this);
    cafmesh::add_options(*this);
    bench::add_large_types(*this);
    set("scheduler.max-threads", opts.threads);
  }
};

struct peer {
  peer(const options& opts, std::vector<std::string> peers)
      : cfg(opts), system(cfg) {
    auto settings = *cafmesh::preset("loopback");
    settings.port = 0;
    settings.discovery = false;
    settings.peers = std::move(peers);
    if (opts.password)
      settings.passwords = {cafmesh::password{*opts.password}};
    router = *cafmesh::spawn_router(system, settings, nullptr,
                                    cafmesh::make_null_sink());
    cafmesh::actor_settings config;
    config.max_message = std::min(largest_message, 8 * 1024 * 1024 + opts.size);
    names =
      *cafmesh::join_actors(system, router, config, cafmesh::make_null_sink());
  }

  config cfg;
  caf::actor_system system;
  cafmesh::router_actor router;
  cafmesh::directory_actor names;
};

std::string address_of(peer& x) {
  std::string result;
  caf::scoped_actor self{x.system};
  self->request(x.router, bench::patience, cafmesh::get_node{})
    .receive([&](cafmesh::node_description& y) { result = y.address; },
             [](caf::error&) {});
  return result;
}

void serve(const options& opts,
           const std::function<void(const std::string&)>& ready) {
  peer here{opts, {}};
  auto publish = [&](const std::string& name, const caf::actor& what) {
    caf::anon_send(here.names, cafmesh::publication(here.system, name, what));
  };
  publish("sink", here.system.spawn(bench::large_sink_behavior));
  publish("echo", here.system.spawn(bench::number_echo_behavior));
  caf::anon_send(here.router, cafmesh::start_mesh{});
  ready(address_of(here));
}

void call(const options& opts, const std::string& address) {
  peer here{opts, {address}};
  caf::anon_send(here.router, cafmesh::start_mesh{});
  auto find = [&](const std::string& name) {
    return bench::find_actor(here.system, here.names, name);
  };
  bench::measure_large_traffic(here.system, find("sink"), find("echo"), opts);
  caf::scoped_actor self{here.system};
  self->request(here.router, bench::patience, cafmesh::stop_mesh{})
    .receive([] {}, [](caf::error&) {});
}

int run(const options& opts) {
  bench::keep_memory();
  return bench::run_in_two_processes(
    [&](const auto& ready) { serve(opts, ready); },
    [&](const std::string& address) { call(opts, address); });
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
