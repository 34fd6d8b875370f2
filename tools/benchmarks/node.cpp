#include "tools/benchmarks/node.hpp"

#include <sys/resource.h>

#include <algorithm>

#include <caf/actor_system.hpp>

namespace bench {

using namespace cafmesh;

namespace {

// If a process runs many nodes, this number is the name of the first one. The
// names of the others are the numbers that follow.
constexpr std::uint64_t first_of_many = 0x0200'0001'0000;

} // namespace

actor_config::actor_config(std::size_t threads) {
  cafmesh::set_scheduling(*this);
  // `threads` includes the event loop's thread.
  set("scheduler.max-threads", std::max<std::size_t>(threads, 2) - 1);
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

settings settings_from(const options& opts) {
  settings result;
  if (!opts.name.empty())
    result.name = *peer_name::parse(opts.name, name_flavour::mac);
  result.host = "127.0.0.1";
  result.port = opts.port;
  result.peers = opts.peers;
  result.discovery = false;
  if (opts.password)
    result.passwords.emplace_back(*opts.password);
  // Raises the limits on unauthenticated connections, because all peers of a
  // crowd dial at the same time. The Go program raises its limit, too.
  auto crowd = opts.nodes;
  result.accept_burst =
    std::max(result.accept_burst, static_cast<std::uint32_t>(crowd));
  result.max_strangers = std::max(result.max_strangers, crowd);
  result.max_strangers_per_address = result.max_strangers;
  return result;
}

settings settings_of_one(const options& opts, std::size_t number) {
  auto result = settings_from(opts);
  result.name = peer_name::from_number(first_of_many + number);
  result.port = 0;
  return result;
}

router_actor spawn_node(caf::actor_system& system, settings config) {
  auto result =
    spawn_router(system, std::move(config), nullptr, make_null_sink());
  if (!result)
    throw std::runtime_error(describe(result.error()));
  return std::move(*result);
}

std::string address_of(caf::scoped_actor& self, const router_actor& node) {
  std::string result;
  ask(self, node, get_node{},
      [&](const node_description& x) { result = x.address; });
  return result;
}

} // namespace bench
