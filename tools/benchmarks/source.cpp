#include <algorithm>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/probing.hpp"
#include "tools/benchmarks/stamp.hpp"
#include "tools/benchmarks/traffic.hpp"
#include <cafmesh/errc.hpp>

// The senders in benchmarks of unicasts: source and pinger.
namespace bench {

namespace {

using namespace cafmesh;

// The bytes of a batch, the maximum number of messages in a batch, and the
// maximum number of unanswered batches.
constexpr std::size_t batch_bytes = 128 * 1024;
constexpr std::size_t most_per_batch = 1024;
constexpr std::size_t batches_under_way = 4;

struct sender_state {
  static inline const char* name = "bench.sender";

  sender_interface::pointer self = nullptr;
  gossip_channel_actor channel;
  peer_name to;
  options opts;
  bool reached = false;
  std::optional<stopwatch> watch;
  std::uint64_t next = 0;
  bool finished = false;

  // -- reaching the other end
  void probe() {
    if (reached)
      return;
    bytes stamp(stamp_size);
    write_stamp(stamp.data(), probe_stamp);
    self->send(channel, unicast{to, payload{std::move(stamp)}});
    self->delayed_send(self, probe_interval, try_reach{});
  }
  void answered() {
    if (reached)
      return;
    reached = true;
    self->delayed_send(self, calm_down, begin{});
  }

  // -- as many as possible
  std::size_t batch_size() const {
    return std::clamp(batch_bytes / opts.size, std::size_t{1}, most_per_batch);
  }
  void send_batch() {
    if (finished)
      return;
    finished = watch->seconds() >= opts.seconds;
    auto batch =
      finished ? make_batch(1, last_mark) : make_batch(batch_size(), 0);
    self->request(channel, caf::infinite, std::move(batch))
      .then(
        [this, last = finished] {
          if (last)
            report_sent();
          else
            send_batch();
        },
        [](const caf::error& why) {
          report("failed", "\"why\":\"" + describe(why) + "\"");
        });
  }
  // Makes a batch whose payloads are all slices of one block of memory.
  unicasts make_batch(std::size_t count, std::uint64_t mark) {
    bytes block(count * opts.size);
    for (std::size_t i = 0; i < count; ++i)
      write_stamp(block.data() + i * opts.size, next++ | mark);
    payload all{std::move(block)};
    unicasts result;
    result.messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      result.messages.push_back({to, all.slice(i * opts.size, opts.size)});
    return result;
  }
  void report_sent() {
    report("sent", "\"messages\":" + std::to_string(next)
                     + ",\"seconds\":" + std::to_string(watch->seconds())
                     + ",\"cpu\":" + std::to_string(watch->cpu_seconds()));
  }
  // -- one at a time
  std::vector<std::uint32_t> round_trips;
  steady::time_point left;

  void ping() {
    bytes message(opts.size);
    write_stamp(message.data(), next++);
    left = steady::now();
    self->send(channel, unicast{to, payload{std::move(message)}});
  }
  void pong(const payload& x) {
    auto took = steady::now() - left;
    if (x.size() != opts.size || read_stamp(x.view().data()) + 1 != next)
      return report("failed", "\"why\":\"not the message that was sent\"");
    round_trips.push_back(
      static_cast<std::uint32_t>(std::chrono::nanoseconds{took}.count()));
    if (watch->seconds() < opts.seconds)
      return ping();
    auto cpu = watch->cpu_seconds();
    report("done",
           describe_latencies(round_trips) + ",\"cpu\":" + std::to_string(cpu));
  }
};

using sender = sender_interface::stateful_pointer<sender_state>;

template <class OnUnicast, class OnBegin>
sender_interface::behavior_type behaviour(sender self, const options& opts,
                                          OnUnicast on_unicast,
                                          OnBegin on_begin) {
  auto st = &self->state;
  st->self = self;
  st->opts = opts;
  st->to = *peer_name::parse(opts.to, name_flavour::mac);
  auto nothing = [] {
    return gossip_data_ptr{};
  };
  return {
    [st, on_unicast](const unicasts_arrived& x) {
      for (const auto& message : x.messages)
        if (st->watch)
          on_unicast(message.data);
        else
          st->answered();
    },
    [nothing](const broadcast_arrived&) { return nothing(); },
    [nothing](const gossip_arrived&) { return nothing(); },
    [nothing](get_gossip) { return nothing(); },
    [st](use_channel& x) {
      st->channel = std::move(x.channel);
      st->probe();
    },
    [st](try_reach) { st->probe(); },
    [st, on_begin](begin) {
      st->watch.emplace();
      on_begin();
    },
  };
}

sender_interface::behavior_type source_behaviour(sender self,
                                                 const options& opts) {
  auto st = &self->state;
  return behaviour(
    self, opts, [](const payload&) {},
    [st] {
      for (std::size_t i = 0; i < batches_under_way; ++i)
        st->send_batch();
    });
}

sender_interface::behavior_type pinger_behaviour(sender self,
                                                 const options& opts) {
  auto st = &self->state;
  return behaviour(
    self, opts,
    [st](const payload& x) {
      if (x.size() != stamp_size)
        st->pong(x);
    },
    [st] { st->ping(); });
}

} // namespace

role_actor spawn_source(caf::actor_system& system, const options& opts) {
  return system.spawn(source_behaviour, opts);
}

role_actor spawn_pinger(caf::actor_system& system, const options& opts) {
  return system.spawn(pinger_behaviour, opts);
}

} // namespace bench
