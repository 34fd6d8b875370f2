#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/commands/bench_channel.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/view/measurements.hpp"

// The command `bench`: measures the latency and throughput of messages between
// two nodes.
namespace meshctl {

namespace {

using clock = bench_channel::clock;

constexpr std::chrono::milliseconds patience{5000};

double seconds_between(clock::time_point from, clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// Sends until messages arrive. The first messages may be lost, because the
// receiver's event stream may not have begun yet.
void warm_up(bench_channel& channel) {
  constexpr std::chrono::milliseconds interval{50};
  for (auto end = clock::now() + patience; clock::now() < end;) {
    channel.send();
    if (!channel.await(1, interval))
      continue;
    auto before = std::size_t{0};
    while (before != channel.received()) {
      before = channel.received();
      pause_for(interval * 4);
    }
    return;
  }
  throw failure{exit_code::timed_out, "no message arrived",
                "Are both nodes in one mesh? meshctl peers shows it."};
}

void measure_latency(bench_channel& channel, std::size_t count,
                     measurements& to) {
  auto received = channel.received();
  for (std::size_t i = 0; i < count; ++i) {
    auto start = clock::now();
    if (channel.send() && channel.await(++received, patience))
      to.latencies.push_back(seconds_between(start, channel.last_arrival()));
  }
}

void measure_throughput(bench_channel& channel,
                        std::chrono::milliseconds duration, measurements& to) {
  constexpr std::chrono::milliseconds pause{1};
  constexpr std::chrono::milliseconds quiet{1000};
  auto received = channel.received();
  auto start = clock::now();
  while (clock::now() - start < duration) {
    if (channel.send()) {
      ++to.sent;
    } else {
      ++to.congested;
      pause_for(pause);
    }
  }
  to.sending_seconds = seconds_between(start, clock::now());
  while (!channel.await(received + to.sent, quiet)
         && clock::now() - channel.last_arrival() < quiet)
    continue;
  to.received = channel.received() - received;
  to.receiving_seconds = seconds_between(start, channel.last_arrival());
}

void run_bench(session& on, const arguments& with) {
  constexpr std::size_t usual_size = 100;
  constexpr std::size_t largest_size = 8 * 1024 * 1024;
  constexpr std::size_t latency_count = 200;
  auto duration = with.time("--duration", std::chrono::milliseconds{5000});
  auto from = on.meshd_at(with.text("A"));
  auto to = on.meshd_at(with.text("B"));
  measurements result;
  result.from = text_or_empty(from->get("/v1/node"), "name");
  result.to = text_or_empty(to->get("/v1/node"), "name");
  result.size_bytes = with.number("--size", usual_size, largest_size);
  bench_channel channel{*from, *to, on.meshd_at(with.text("B")),
                        result.size_bytes};
  warm_up(channel);
  measure_latency(channel, latency_count, result);
  measure_throughput(channel, duration, result);
  on.show(bench_document(result), render_bench);
}

} // namespace

void add_bench(commands& to) {
  to.push_back(
    {"bench",
     "measure messages from one meshd to another",
     {word("A", "address of the meshd that sends"),
      word("B", "address of the meshd that receives"),
      option("--size", "BYTES", "size of a message (100)"),
      option("--duration", "TIME", "how long to send (5s)")},
     run_bench,
     "Measures through the APIs, one request for each message, so that the "
     "figures include HTTP on both sides. Both nodes join a channel with a "
     "random name for that time."});
}

} // namespace meshctl
