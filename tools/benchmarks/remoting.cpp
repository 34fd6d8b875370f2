#include <unistd.h>

#include <algorithm>
#include <memory>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/stateful_actor.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/stamp.hpp"

// Measures CAF's own remoting, the alternative for CAF users. The sink
// acknowledges batches of messages, because remoting has no back-pressure of
// its own.

namespace {

using bench::options;
using message_bytes = std::vector<std::uint8_t>;
using deliver_atom = caf::atom_constant<caf::atom("deliver")>;
using hello_atom = caf::atom_constant<caf::atom("hello")>;
using credit_atom = caf::atom_constant<caf::atom("credit")>;

constexpr std::size_t window_bytes = 4 * 1024 * 1024;

std::uint64_t window_of(std::size_t size) {
  return std::clamp<std::uint64_t>(window_bytes / size, 4, 4096);
}

struct config : caf::actor_system_config {
  explicit config(const options& opts) {
    load<caf::io::middleman>();
    add_message_type<message_bytes>("message_bytes");
    set("scheduler.policy", caf::atom("sharing"));
    // `threads` includes the middleman's thread.
    set("scheduler.max-threads", std::max<std::size_t>(opts.threads, 2) - 1);
    set("middleman.workers", std::size_t{0});
  }
};

struct sink_state {
  explicit sink_state(std::size_t size) : seen(size) {
  }
  bench::arrivals seen;
  std::uint64_t taken = 0;
  caf::actor source;
};

caf::behavior sink(caf::event_based_actor* self, std::size_t size) {
  auto st = std::make_shared<sink_state>(size);
  auto step = window_of(size) / 2;
  return {
    [=](hello_atom, const caf::actor& source) { st->source = source; },
    [=](deliver_atom, const message_bytes& x) {
      if (st->seen.take(x.data(), x.size()))
        bench::report("done", st->seen.summary());
      if (++st->taken % step == 0)
        self->send(st->source, credit_atom::value, step);
    },
  };
}

caf::behavior echo(caf::event_based_actor*) {
  return {
    [](hello_atom, const caf::actor&) {},
    [](deliver_atom, message_bytes& x) { return std::move(x); },
  };
}

struct source_state {
  caf::event_based_actor* self;
  caf::actor to;
  options opts;
  bench::stopwatch watch;
  std::uint64_t next = 0;
  std::uint64_t credit = 0;
  bool over = false;

  void send_all() {
    while (credit > 0 && !over) {
      over = next % 64 == 0 && watch.seconds() >= opts.seconds;
      message_bytes x(opts.size);
      bench::write_stamp(x.data(), over ? next | bench::last_mark : next);
      ++next;
      --credit;
      self->send(to, deliver_atom::value, std::move(x));
    }
    if (over)
      bench::report("sent",
                    "\"messages\":" + std::to_string(next)
                      + ",\"seconds\":" + std::to_string(watch.seconds())
                      + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
  }
};

caf::behavior source(caf::event_based_actor* self, const caf::actor& to,
                     const options& opts) {
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

struct pinger_state {
  caf::event_based_actor* self;
  caf::actor to;
  options opts;
  bench::stopwatch watch;
  std::vector<std::uint32_t> round_trips;

  void ping() {
    auto left = bench::steady::now();
    self
      ->request(to, caf::infinite, deliver_atom::value,
                message_bytes(opts.size))
      .then([this, left](const message_bytes&) {
        round_trips.push_back(static_cast<std::uint32_t>(
          std::chrono::nanoseconds{bench::steady::now() - left}.count()));
        if (watch.seconds() < opts.seconds)
          return ping();
        bench::report("done",
                      bench::describe_latencies(round_trips)
                        + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
      });
  }
};

caf::behavior pinger(caf::event_based_actor* self, const caf::actor& to,
                     const options& opts) {
  auto st = std::make_shared<pinger_state>();
  st->self = self;
  st->to = to;
  st->opts = opts;
  st->ping();
  return {[st](credit_atom) {
  }};
}

int serve(caf::actor_system& system, const options& opts) {
  auto actor =
    opts.role == "sink" ? system.spawn(sink, opts.size) : system.spawn(echo);
  auto port = system.middleman().publish(actor, opts.port, "127.0.0.1");
  if (!port)
    return 1;
  bench::report("ready", "\"port\":" + std::to_string(*port));
  bench::wait_for_end_of_input();
  return 0;
}

int call(caf::actor_system& system, const options& opts) {
  auto& address = opts.peers.front();
  auto port = std::stoul(address.substr(address.find(':') + 1));
  auto to = system.middleman().remote_actor("127.0.0.1",
                                            static_cast<std::uint16_t>(port));
  if (!to)
    return 1;
  bench::report("ready");
  if (opts.role == "source")
    system.spawn(source, *to, opts);
  else
    system.spawn(pinger, *to, opts);
  bench::wait_for_end_of_input();
  return 0;
}

int run(const options& opts) {
  config cfg{opts};
  caf::actor_system system{cfg};
  auto status = opts.peers.empty() ? serve(system, opts) : call(system, opts);
  // Ends immediately, because the middleman's actors would keep the process
  // alive.
  _exit(status);
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
