#include <chrono>
#include <deque>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/stamp.hpp"
#include "tools/benchmarks/traffic.hpp"

// The receivers in benchmarks of unicasts: sink, echo and slow receiver.
namespace bench {

namespace {

using namespace cafmesh;

struct receiver_state {
  static inline const char* name = "bench.receiver";

  bool is_probe(const incoming_unicast& x) const {
    return x.data.size() == stamp_size
           && read_stamp(x.data.view().data()) == probe_stamp;
  }

  gossip_channel_actor channel;
  std::optional<arrivals> seen;
};

using receiver = role_actor::stateful_pointer<receiver_state>;

void send_back(receiver self, const incoming_unicast& x) {
  if (self->state.channel)
    self->send(self->state.channel, unicast{x.source, x.data});
}

template <class OnUnicast>
role_actor::behavior_type behaviour(receiver self, OnUnicast on_unicast) {
  auto nothing = [] {
    return gossip_data_ptr{};
  };
  return {
    [on_unicast](const unicasts_arrived& x) {
      for (const auto& message : x.messages)
        on_unicast(message);
    },
    [nothing](const broadcast_arrived&) { return nothing(); },
    [nothing](const gossip_arrived&) { return nothing(); },
    [nothing](get_gossip) { return nothing(); },
    [self](use_channel& x) { self->state.channel = std::move(x.channel); },
  };
}

role_actor::behavior_type sink_behaviour(receiver self, std::size_t size) {
  self->state.seen.emplace(size);
  return behaviour(self, [self](const incoming_unicast& x) {
    auto& st = self->state;
    if (st.is_probe(x))
      send_back(self, x);
    else if (st.seen->take(x.data.view().data(), x.data.size()))
      report("done", st.seen->summary());
  });
}

role_actor::behavior_type echo_behaviour(receiver self) {
  return behaviour(self,
                   [self](const incoming_unicast& x) { send_back(self, x); });
}

// -- slow

/// Slow receiver -> itself: answer the oldest unanswered batch.
struct answer_one {};

using slow_interface = role_actor::extend<caf::reacts_to<answer_one>>;

constexpr auto time_per_batch = std::chrono::milliseconds{10};

struct slow_state {
  static inline const char* name = "bench.slow";

  gossip_channel_actor channel;
  std::deque<caf::response_promise> unanswered;
};

} // namespace

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::answer_one)

namespace bench {

namespace {

// Answers each batch late without blocking a thread, like an actor that waits
// for a disk.
slow_interface::behavior_type
slow_behaviour(slow_interface::stateful_pointer<slow_state> self) {
  auto st = &self->state;
  auto nothing = [] {
    return gossip_data_ptr{};
  };
  return {
    [self, st](const unicasts_arrived& x) -> caf::result<void> {
      // A message of this size is a probe. The receiver sends it back.
      const auto& first = x.messages.front();
      if (first.data.size() == stamp_size && st->channel)
        self->send(st->channel, unicast{first.source, first.data});
      st->unanswered.push_back(self->make_response_promise());
      if (st->unanswered.size() == 1)
        self->delayed_send(self, time_per_batch, answer_one{});
      return st->unanswered.back();
    },
    [nothing](const broadcast_arrived&) { return nothing(); },
    [nothing](const gossip_arrived&) { return nothing(); },
    [nothing](get_gossip) { return nothing(); },
    [st](use_channel& x) { st->channel = std::move(x.channel); },
    [self, st](answer_one) {
      st->unanswered.front().deliver(caf::unit);
      st->unanswered.pop_front();
      if (!st->unanswered.empty())
        self->delayed_send(self, time_per_batch, answer_one{});
    },
  };
}

} // namespace

role_actor spawn_sink(caf::actor_system& system, const options& opts) {
  return system.spawn(sink_behaviour, opts.size);
}

role_actor spawn_echo(caf::actor_system& system, const options&) {
  return system.spawn(echo_behaviour);
}

role_actor spawn_slow(caf::actor_system& system) {
  return system.spawn(slow_behaviour);
}

} // namespace bench
