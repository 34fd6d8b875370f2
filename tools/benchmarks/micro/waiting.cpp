#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "actors/core/dialling/targets.hpp"
#include "actors/core/gossip/gossip_queue.hpp"
#include "actors/core/gossip/recently_seen.hpp"
#include "actors/core/gossip/relayed_data.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "tools/benchmarks/mesh_shape.hpp"
#include "tools/benchmarks/micro/cases.hpp"
#include "tools/benchmarks/stamp.hpp"

// Benchmarks of the queue of gossip to send, the list of addresses to dial, and
// the log of updates seen recently.

namespace bench {

namespace {

using namespace cafmesh;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// -- gossip

constexpr unsigned sources = 50;
constexpr unsigned messages_a_source = 4;

std::uint64_t drain(gossip_queue& queue) {
  std::uint64_t result = 0;
  while (auto next = queue.pop())
    result += next->data->encode().size();
  return result;
}

round_of_work merge_broadcasts() {
  return [queue = std::make_shared<gossip_queue>(),
          message = relayed_data::of(payload{bytes(64)})]() mutable {
    for (unsigned i = 0; i < sources * messages_a_source; ++i)
      queue->add_broadcast(peer_name::from_number(i % sources), message);
    return drain(*queue);
  };
}

round_of_work merge_topologies() {
  mesh_shape shape{100, 4};
  auto view = view_of_member(shape, shape.updates());
  auto before = view.complete();
  change_first_connection(view, shape, 2);
  return [before, after = view.complete()] {
    gossip_queue queue;
    queue.add_gossip(before);
    queue.add_gossip(after);
    return queue.pop()->data == before ? std::uint64_t{0} : std::uint64_t{1};
  };
}

// -- targets

constexpr unsigned addresses = 100;

std::vector<std::string> some_addresses() {
  std::vector<std::string> result;
  for (unsigned i = 0; i < addresses; ++i)
    result.push_back("10.0.0." + std::to_string(i) + ":6783");
  return result;
}

// In each round, all 100 addresses are due. 50 of them are wanted by the user,
// and all of these are dialled. The other 50 are discovered, and at most 32
// discovered addresses are dialled at a time. All attempts fail.
round_of_work next_targets() {
  auto all = some_addresses();
  auto xs = std::make_shared<targets>(targets::options{});
  auto half = all.begin() + addresses / 2;
  if (xs->want({all.begin(), half}, true, instant{}))
    throw std::runtime_error("an address was refused");
  return [xs, all, now = instant{}]() mutable {
    now += hours{1};
    xs->set_discovered(all);
    auto due = xs->due(addresses, now);
    for (auto& x : due)
      xs->attempt_failed(x.address, {}, now);
    return due.size() + (xs->next_due() ? 1 : 0);
  };
}

// -- recently seen updates

constexpr unsigned updates = 100;

round_of_work new_updates() {
  auto log = std::make_shared<recently_seen>(seconds{30}, 7);
  return [log, update = bytes(64), next = std::uint64_t{0}]() mutable {
    std::uint64_t fresh = 0;
    for (unsigned i = 0; i < updates; ++i) {
      write_stamp(update.data(), ++next);
      fresh += log->is_new(update, instant{milliseconds{next}}) ? 1 : 0;
    }
    return fresh;
  };
}

round_of_work known_updates() {
  auto log = std::make_shared<recently_seen>(seconds{30}, 7);
  return [log, update = bytes(64)]() mutable {
    std::uint64_t fresh = 0;
    for (unsigned i = 0; i < updates; ++i) {
      write_stamp(update.data(), i);
      fresh += log->is_new(update, instant{}) ? 1 : 0;
    }
    return fresh;
  };
}

} // namespace

std::vector<micro_case> waiting_cases() {
  return {
    {"gossip queue, broadcasts of 50", sources * messages_a_source, 0,
     merge_broadcasts},
    {"gossip queue, topologies of 100", 2, 0, merge_topologies},
    {"targets, 100 fail", addresses, 0, next_targets},
    {"surrogate log, new", updates, 0, new_updates},
    {"surrogate log, known", updates, 0, known_updates},
  };
}

} // namespace bench
