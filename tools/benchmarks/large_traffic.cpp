#include "tools/benchmarks/large_traffic.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "tools/benchmarks/measure.hpp"

namespace bench {

namespace {

using message_bytes = std::vector<std::uint8_t>;
using texts = std::vector<std::string>;
using text_map = std::map<std::string, std::uint64_t>;

// The maximum number of large messages that are unanswered at the same time.
constexpr std::size_t open_requests = 3;
constexpr std::size_t least_streamed = 64 * 1024 * 1024;

// A message that takes about `opts.size` bytes when encoded.
caf::message large_message(const options& opts) {
  constexpr std::size_t length = 24;
  if (opts.role == "texts")
    return caf::make_message(
      texts(opts.size / (length + 1), std::string(length, 'x')));
  if (opts.role != "map")
    return caf::make_message(message_bytes(opts.size));
  text_map result;
  for (std::size_t i = 0; i < opts.size / (length + 1 + 8); ++i) {
    auto key = std::to_string(i);
    key.insert(0, length - key.size(), '0');
    result.emplace(key, i);
  }
  return caf::make_message(std::move(result));
}

// Sends requests to the sink until `most` are answered or the time is over.
// Then tells its parent how many were answered and how many failed. A failed
// request is repeated after 1 ms.
struct stream {
  caf::event_based_actor* self;
  caf::actor to;
  caf::actor parent;
  caf::message content;
  std::uint64_t most;
  double seconds;
  stopwatch watch;
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  bool told = false;

  void send_more() {
    while (sent - answered - failed < open_requests && sent - failed < most
           && watch.seconds() < seconds) {
      ++sent;
      self->request(to, patience, content)
        .then(
          [this](std::size_t) {
            ++answered;
            send_more();
          },
          [this](caf::error&) {
            ++failed;
            self->delayed_send(self, std::chrono::milliseconds{1},
                               caf::ok_atom::value);
          });
    }
    auto over = answered == most || watch.seconds() >= seconds;
    if (answered + failed == sent && over && !std::exchange(told, true))
      self->send(parent, answered, failed);
  }
};

caf::behavior stream_behavior(caf::event_based_actor* self, caf::actor to,
                              caf::actor parent, const caf::message& content,
                              std::uint64_t most, double seconds) {
  auto st = std::make_shared<stream>(
    stream{self, std::move(to), std::move(parent), content, most, seconds, {}});
  self->send(self, caf::ok_atom::value);
  return {[st](caf::ok_atom) {
    st->send_more();
  }};
}

void measure_throughput(caf::actor_system& system, const caf::actor& sink,
                        const options& opts) {
  caf::scoped_actor self{system};
  stopwatch watch;
  system.spawn(stream_behavior, sink, caf::actor_cast<caf::actor>(self),
               large_message(opts), std::uint64_t{1} << 40, opts.seconds);
  self->receive([&](std::uint64_t answered, std::uint64_t failed) {
    auto rate = static_cast<double>(answered * opts.size) / watch.seconds();
    report("throughput", "\"size\":" + std::to_string(opts.size)
                           + ",\"mb_per_s\":" + std::to_string(rate / 1e6)
                           + ",\"failed\":" + std::to_string(failed));
  });
}

// Measures round trips for `opts.seconds`. With `beside_stream`, large messages
// are streamed at the same time, and the measurement instead lasts until the
// stream has ended.
void measure_round_trips(caf::actor_system& system, const caf::actor& sink,
                         const caf::actor& echo, const options& opts,
                         bool beside_stream) {
  caf::scoped_actor self{system};
  caf::scoped_actor parent{system};
  stopwatch watch;
  if (beside_stream)
    system.spawn(stream_behavior, sink, caf::actor_cast<caf::actor>(parent),
                 large_message(opts),
                 std::max<std::uint64_t>(least_streamed / opts.size, 2), 20.0);
  std::vector<std::uint32_t> times;
  std::uint64_t failed = 0;
  while (beside_stream ? !parent->has_next_message()
                       : watch.seconds() < opts.seconds) {
    auto left = steady::now();
    self->request(echo, patience, 1)
      .receive(
        [&](int) {
          times.push_back(static_cast<std::uint32_t>(
            std::chrono::nanoseconds{steady::now() - left}.count()));
        },
        [&](caf::error&) { ++failed; });
  }
  auto fields =
    describe_latencies(times) + ",\"failed\":" + std::to_string(failed);
  if (beside_stream)
    parent->receive([&](std::uint64_t answered, std::uint64_t lost) {
      fields += ",\"streamed\":" + std::to_string(answered)
                + ",\"refused\":" + std::to_string(lost)
                + ",\"seconds\":" + std::to_string(watch.seconds());
    });
  report(beside_stream ? "beside_stream" : "alone", fields);
}

} // namespace

void add_large_types(caf::actor_system_config& to) {
  to.add_message_type<message_bytes>("message_bytes");
  to.add_message_type<texts>("texts");
  to.add_message_type<text_map>("text_map");
}

caf::behavior large_sink_behavior() {
  return {[](const message_bytes& x) { return x.size(); },
          [](const texts& x) { return x.size(); },
          [](const text_map& x) {
            return x.size();
          }};
}

caf::behavior number_echo_behavior() {
  return {[](int x) {
    return x;
  }};
}

void measure_large_traffic(caf::actor_system& system, const caf::actor& sink,
                           const caf::actor& echo, const options& opts) {
  measure_round_trips(system, sink, echo, opts, false);
  measure_throughput(system, sink, opts);
  measure_round_trips(system, sink, echo, opts, true);
}

} // namespace bench
