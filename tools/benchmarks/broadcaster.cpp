#include <map>
#include <set>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tools/benchmarks/broadcast.hpp"
#include "tools/benchmarks/broadcast_message.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/probing.hpp"

// The source of broadcasts. It sends one message at a time at first, and
// batches later.
namespace bench {

namespace {

using namespace cafmesh;

// The share of the measured time in which messages are sent one at a time.
constexpr double share_alone = 0.25;
constexpr std::size_t batch_size = 32;
constexpr std::size_t batches_under_way = 4;

struct broadcaster_state {
  static inline const char* name = "bench.broadcaster";

  void send(std::uint64_t stamp) {
    bytes message(opts.size);
    write_stamp(message.data(), stamp);
    write_stamp(message.data() + stamp_size, wall_now());
    std::vector<payload> one;
    one.emplace_back(std::move(message));
    self->send(channel,
               broadcast{std::make_shared<message_list>(std::move(one))});
  }

  // -- probing until all listeners answer
  void probe() {
    if (heard_from.size() == opts.nodes)
      return;
    send(probe_stamp | acknowledge_mark);
    self->delayed_send(self, probe_interval, try_reach{});
  }
  void answered(peer_name who) {
    if (heard_from.insert(who).second && heard_from.size() == opts.nodes)
      self->delayed_send(self, calm_down, begin{});
  }

  // -- first one at a time, then in batches
  void start() {
    watch.emplace();
    send_alone();
  }
  void send_alone() {
    send(next++ | acknowledge_mark | alone_mark);
  }
  void begin_stream() {
    streaming_since = next;
    watch.emplace();
    for (std::size_t i = 0; i < batches_under_way; ++i)
      send_batch();
  }
  void send_batch() {
    if (finished)
      return;
    finished = watch->seconds() >= opts.seconds;
    for (std::size_t i = 1; i < batch_size && !finished; ++i)
      send(next++);
    send(next++ | acknowledge_mark | (finished ? last_mark : 0));
  }
  void acknowledged(std::uint64_t stamp) {
    if (++acknowledgements[stamp] < opts.nodes)
      return;
    acknowledgements.erase(stamp);
    if ((stamp & last_mark) != 0)
      report("sent", "\"messages\":" + std::to_string(next - streaming_since)
                       + ",\"cpu\":" + std::to_string(watch->cpu_seconds()));
    else if ((stamp & alone_mark) == 0)
      send_batch();
    else if (watch->seconds() < share_alone * opts.seconds)
      send_alone();
    else
      begin_stream();
  }
  void take(const incoming_unicast& x) {
    auto stamp = read_stamp(x.data.view().data());
    if ((stamp & probe_stamp) != 0)
      answered(x.source);
    else
      acknowledged(stamp);
  }

  sender_interface::pointer self = nullptr;
  options opts;
  gossip_channel_actor channel;
  std::set<peer_name> heard_from;
  std::optional<stopwatch> watch;
  std::uint64_t next = 0;
  std::uint64_t streaming_since = 0;
  bool finished = false;
  std::map<std::uint64_t, std::size_t> acknowledgements;
};

sender_interface::behavior_type broadcaster_behaviour(
  sender_interface::stateful_pointer<broadcaster_state> self,
  const options& opts) {
  auto st = &self->state;
  st->self = self;
  st->opts = opts;
  auto nothing = [] {
    return gossip_data_ptr{};
  };
  return {
    [st](const unicasts_arrived& x) {
      for (const auto& message : x.messages)
        if (message.data.size() == stamp_size)
          st->take(message);
    },
    [nothing](const broadcast_arrived&) { return nothing(); },
    [nothing](const gossip_arrived&) { return nothing(); },
    [nothing](get_gossip) { return nothing(); },
    [st](use_channel& x) {
      st->channel = std::move(x.channel);
      st->probe();
    },
    [st](try_reach) { st->probe(); },
    [st](begin) { st->start(); },
  };
}

} // namespace

role_actor spawn_broadcaster(caf::actor_system& system, const options& opts) {
  return system.spawn(broadcaster_behaviour, opts);
}

} // namespace bench
