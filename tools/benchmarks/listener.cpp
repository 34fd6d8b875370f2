#include <mutex>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tools/benchmarks/broadcast.hpp"
#include "tools/benchmarks/broadcast_message.hpp"
#include "tools/benchmarks/measure.hpp"

// The listeners of broadcasts, and the statistics that all listeners of one
// process share.
namespace bench {

using namespace cafmesh;

class audience {
public:
  explicit audience(std::size_t listeners)
      : listeners_(listeners), missing_(listeners) {
  }

  /// Each listener calls this when it gets a message with `alone_mark`. The
  /// last of these calls records the latency.
  void heard_alone(std::uint64_t sent_at) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (++heard_ < listeners_)
      return;
    heard_ = 0;
    until_all_.push_back(static_cast<std::uint32_t>(wall_now() - sent_at));
  }

  void heard_first() {
    std::lock_guard<std::mutex> guard{mutex_};
    if (!std::exchange(begun_, true))
      watch_ = stopwatch{};
  }

  void heard_last(std::uint64_t messages, std::uint64_t wrong) {
    std::lock_guard<std::mutex> guard{mutex_};
    deliveries_ += messages;
    wrong_ += wrong;
    if (--missing_ != 0)
      return;
    report("done", "\"deliveries\":" + std::to_string(deliveries_)
                     + ",\"wrong\":" + std::to_string(wrong_)
                     + ",\"seconds\":" + std::to_string(watch_.seconds())
                     + ",\"cpu\":" + std::to_string(watch_.cpu_seconds()) + ","
                     + describe_latencies(until_all_));
  }

private:
  std::mutex mutex_;
  std::size_t listeners_;
  std::size_t missing_;
  std::size_t heard_ = 0;
  std::vector<std::uint32_t> until_all_;
  bool begun_ = false;
  stopwatch watch_;
  std::uint64_t deliveries_ = 0;
  std::uint64_t wrong_ = 0;
};

std::shared_ptr<audience> make_audience(std::size_t listeners) {
  return std::make_shared<audience>(listeners);
}

namespace {

struct listener_state {
  static inline const char* name = "bench.listener";

  void hear(role_actor::pointer self, const broadcast_arrived& x) {
    if (x.data.size() < 2 * stamp_size) {
      ++wrong;
      return;
    }
    auto data = x.data.view().data();
    auto stamp = read_stamp(data);
    if ((stamp & probe_stamp) == 0)
      count(x.data.size(), stamp, read_stamp(data + stamp_size));
    if ((stamp & acknowledge_mark) != 0 && channel)
      self->send(channel,
                 unicast{x.source, payload::copy_of({data, stamp_size})});
  }

  void count(std::size_t size, std::uint64_t stamp, std::uint64_t sent_at) {
    if (size != expected_size || (stamp & ~all_marks) != next)
      ++wrong;
    ++next;
    if ((stamp & alone_mark) != 0)
      return all->heard_alone(sent_at);
    if (streamed++ == 0)
      all->heard_first();
    if ((stamp & last_mark) != 0)
      all->heard_last(streamed, wrong);
  }

  std::size_t expected_size = 0;
  std::shared_ptr<audience> all;
  gossip_channel_actor channel;
  std::uint64_t next = 0;
  std::uint64_t streamed = 0;
  std::uint64_t wrong = 0;
};

role_actor::behavior_type
listener_behaviour(role_actor::stateful_pointer<listener_state> self,
                   std::size_t size, const std::shared_ptr<audience>& all) {
  auto st = &self->state;
  st->expected_size = size;
  st->all = all;
  auto nothing = [] {
    return gossip_data_ptr{};
  };
  return {
    [](const unicasts_arrived&) {},
    [st, self, nothing](const broadcast_arrived& x) {
      st->hear(self, x);
      return nothing();
    },
    [nothing](const gossip_arrived&) { return nothing(); },
    [nothing](get_gossip) { return nothing(); },
    [st](use_channel& x) { st->channel = std::move(x.channel); },
  };
}

} // namespace

role_actor spawn_listener(caf::actor_system& system, const options& opts,
                          std::shared_ptr<audience> all) {
  return system.spawn(listener_behaviour, opts.size, std::move(all));
}

} // namespace bench
