#include "tools/benchmarks/actor_traffic.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <caf/event_based_actor.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/stamp.hpp"

namespace bench {

namespace {

using deliver_atom = caf::atom_constant<caf::atom("deliver")>;
using hello_atom = caf::atom_constant<caf::atom("hello")>;
using credit_atom = caf::atom_constant<caf::atom("credit")>;

constexpr std::size_t window_bytes = 4 * 1024 * 1024;

std::uint64_t window_of(std::size_t size) {
  return std::clamp<std::uint64_t>(window_bytes / size, 4, 4096);
}

struct sink_state {
  explicit sink_state(std::size_t size) : seen(size) {
  }
  arrivals seen;
  std::uint64_t taken = 0;
  caf::actor source;
};

struct source_state {
  caf::event_based_actor* self;
  caf::actor to;
  options opts;
  stopwatch watch;
  std::uint64_t next = 0;
  std::uint64_t credit = 0;
  bool over = false;

  void send_all() {
    while (credit > 0 && !over) {
      over = next % 64 == 0 && watch.seconds() >= opts.seconds;
      message_bytes x(opts.size);
      write_stamp(x.data(), over ? next | last_mark : next);
      ++next;
      --credit;
      self->send(to, deliver_atom::value, std::move(x));
    }
    if (over)
      report("sent", "\"messages\":" + std::to_string(next)
                       + ",\"seconds\":" + std::to_string(watch.seconds())
                       + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
  }
};

struct pinger_state {
  caf::event_based_actor* self;
  caf::actor to;
  options opts;
  stopwatch watch;
  std::vector<std::uint32_t> round_trips;

  void ping() {
    auto left = steady::now();
    self
      ->request(to, caf::infinite, deliver_atom::value,
                message_bytes(opts.size))
      .then([this, left](const message_bytes&) {
        round_trips.push_back(static_cast<std::uint32_t>(
          std::chrono::nanoseconds{steady::now() - left}.count()));
        if (watch.seconds() < opts.seconds)
          return ping();
        report("done", describe_latencies(round_trips)
                         + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
      });
  }
};

} // namespace

caf::behavior sink_behavior(caf::event_based_actor* self, std::size_t size) {
  auto st = std::make_shared<sink_state>(size);
  auto step = window_of(size) / 2;
  return {
    [=](hello_atom, const caf::actor& source) { st->source = source; },
    [=](deliver_atom, const message_bytes& x) {
      if (st->seen.take(x.data(), x.size()))
        report("done", st->seen.summary());
      if (++st->taken % step == 0)
        self->send(st->source, credit_atom::value, step);
    },
  };
}

caf::behavior echo_behavior(caf::event_based_actor*) {
  return {
    [](hello_atom, const caf::actor&) {},
    [](deliver_atom, message_bytes& x) { return std::move(x); },
  };
}

caf::behavior source_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts) {
  auto st = std::make_shared<source_state>();
  st->self = self;
  st->to = to;
  st->opts = opts;
  st->credit = window_of(opts.size);
  self->send(to, hello_atom::value, caf::actor{self});
  self->send(self, credit_atom::value, std::uint64_t{0});
  return {[=](credit_atom, std::uint64_t more) {
    st->credit += more;
    if (!st->over)
      st->send_all();
  }};
}

caf::behavior pinger_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts) {
  auto st = std::make_shared<pinger_state>();
  st->self = self;
  st->to = to;
  st->opts = opts;
  st->ping();
  return {[st](credit_atom) {
  }};
}

caf::behavior watcher_behavior(caf::event_based_actor* self,
                               const caf::actor& to, const options& opts) {
  self->set_down_handler([](const caf::down_msg&) {
    auto now = steady::now().time_since_epoch();
    report("down",
           "\"at\":"
             + std::to_string(std::chrono::duration<double>{now}.count()));
  });
  self->monitor(to);
  // The answer shows that the other side knows of the monitor.
  self
    ->request(to, caf::infinite, deliver_atom::value, message_bytes(opts.size))
    .then([to](const message_bytes&) { report("watching"); });
  return {[to](credit_atom) {
  }};
}

} // namespace bench
