#include "tests/scenarios/lone_node_faults.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/settings.hpp>
#include <cafmesh/unicast_receiver.hpp>

namespace cafmesh::test {

namespace {

const std::array verbs{"block",  "blocked",       "fail",   "pieces",
                       "router", "watch-signals", "signals"};

std::atomic<int> strays{0}; // signals that another thread has taken

sigset_t watched_signals() {
  sigset_t result;
  sigemptyset(&result);
  sigaddset(&result, SIGUSR1);
  sigaddset(&result, SIGTERM);
  return result;
}

class failing_data : public gossip_data {
public:
  explicit failing_data(bool merges) : merges_(merges) {
  }
  std::vector<payload> encode() const override {
    if (merges_)
      return {payload::copy_of(byte_view{"failing"})};
    throw std::runtime_error{"no room to encode"};
  }
  gossip_data_ptr merge(const gossip_data&) const override {
    if (!merges_)
      return std::make_shared<failing_data>(merges_);
    throw std::runtime_error{"no room to merge"};
  }

private:
  bool merges_; // merge() throws, not encode()
};

gossiper_actor::behavior_type failing_gossiper(gossiper_actor::pointer,
                                               const gossip_data_ptr& data) {
  return {
    [](const unicasts_arrived&) {},
    [](const broadcast_arrived&) { return gossip_data_ptr{}; },
    [](const gossip_arrived&) { return gossip_data_ptr{}; },
    [data](get_gossip) { return data; },
  };
}

} // namespace

lone_node_faults::lone_node_faults(caf::actor_system& system,
                                   router_actor router)
    : system_(system), router_(std::move(router)),
      blocked_(std::make_shared<std::atomic<int>>(0)) {
}

bool lone_node_faults::understands(const std::string& line) {
  const auto verb = line.substr(0, line.find(' '));
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

std::string lone_node_faults::answer(const std::string& line) {
  std::istringstream in{line};
  std::string verb;
  std::string channel;
  in >> verb >> channel;
  if (verb == "blocked")
    return std::to_string(*blocked_);
  if (verb == "router")
    return spawn_another();
  if (verb == "watch-signals")
    return watch_signals();
  if (verb == "signals")
    return take_signals();
  int number = 0;
  if (verb == "block" && in >> number)
    return block(channel, number);
  if (verb == "pieces" && in >> number)
    return send_pieces(channel, number);
  std::string how;
  in >> how;
  return fail(channel, how);
}

std::string lone_node_faults::block(const std::string& channel, int ms) {
  auto joined =
    join(system_, router_, channel,
         spawn_unicast_receiver(
           system_, [blocked = blocked_, ms](peer_name, const payload&) {
             ++*blocked;
             std::this_thread::sleep_for(std::chrono::milliseconds{ms});
             --*blocked;
           }));
  return joined ? "ok" : describe(joined.error());
}

std::string lone_node_faults::fail(const std::string& channel,
                                   const std::string& how) {
  auto data = std::make_shared<failing_data>(how == "merge");
  auto joined = join(system_, router_, channel,
                     system_.spawn(failing_gossiper, gossip_data_ptr{data}));
  if (!joined)
    return describe(joined.error());
  failing_[channel] = {*joined, std::move(data)};
  return "ok";
}

std::string lone_node_faults::send_pieces(const std::string& channel,
                                          int count) {
  const auto& x = failing_.at(channel);
  for (int i = 0; i < count; ++i)
    caf::anon_send(x.channel, gossip{x.data});
  return "ok";
}

std::string lone_node_faults::spawn_another() {
  settings other;
  other.host = "127.0.0.1";
  other.port = 0;
  auto router = spawn_router(system_, other);
  if (!router)
    return describe(router.error());
  caf::anon_send(*router, stop_mesh{});
  return "ok";
}

std::string lone_node_faults::watch_signals() {
  const auto all = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (auto number : {SIGUSR1, SIGTERM})
    std::signal(number, [](int) { ++strays; });
  return "ok";
}

std::string lone_node_faults::take_signals() {
  const auto all = watched_signals();
  const timespec at_most{0, 200'000'000};
  std::string result;
  for (int number = 0; (number = ::sigtimedwait(&all, nullptr, &at_most)) > 0;)
    result += std::to_string(number) + " ";
  return result + "| " + std::to_string(strays);
}

} // namespace cafmesh::test
