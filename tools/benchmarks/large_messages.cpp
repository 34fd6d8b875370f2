#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/find_actor.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"

// Measures the throughput of large messages between actors of two processes,
// and the round trips of small messages that are sent at the same time. Starts
// the second process itself. At most `open_requests` large messages are
// unanswered at a time. In the roles `texts` and `map`, the large messages
// consist of many small values, which take long to encode and decode. In other
// roles, they consist of bytes.

namespace {

using bench::options;
using message_bytes = std::vector<std::uint8_t>;
using texts = std::vector<std::string>;
using text_map = std::map<std::string, std::uint64_t>;

constexpr std::size_t open_requests = 3;
constexpr std::size_t least_streamed = 64 * 1024 * 1024;
constexpr std::size_t largest_message = 256 * 1024 * 1024;
constexpr std::chrono::seconds patience{30};

struct config : caf::actor_system_config {
  explicit config(const options& opts) {
    cafmesh::set_scheduling(*this);
    cafmesh::add_options(*this);
    add_message_type<message_bytes>("message_bytes");
    add_message_type<texts>("texts");
    add_message_type<text_map>("text_map");
    set("scheduler.max-threads", opts.threads);
  }
};

struct peer {
  peer(const options& opts, std::vector<std::string> peers)
      : cfg(opts), system(cfg) {
    auto settings = *cafmesh::preset("loopback");
    settings.port = 0;
    settings.discovery = false;
    settings.peers = std::move(peers);
    if (opts.password)
      settings.passwords = {cafmesh::password{*opts.password}};
    router = *cafmesh::spawn_router(system, settings, nullptr,
                                    cafmesh::make_null_sink());
    cafmesh::actor_settings config;
    config.max_message = std::min(largest_message, 8 * 1024 * 1024 + opts.size);
    names =
      *cafmesh::join_actors(system, router, config, cafmesh::make_null_sink());
  }

  config cfg;
  caf::actor_system system;
  cafmesh::router_actor router;
  cafmesh::directory_actor names;
};

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

std::string address_of(peer& x) {
  std::string result;
  caf::scoped_actor self{x.system};
  self->request(x.router, patience, cafmesh::get_node{})
    .receive([&](cafmesh::node_description& y) { result = y.address; },
             [](caf::error&) {});
  return result;
}

// Runs the second process. It writes its address to the descriptor `ready`, and
// ends once the first process closes its end of the pipe `end`.
[[noreturn]] void serve(const options& opts, int ready, int end) {
  peer here{opts, {}};
  auto sink = here.system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const message_bytes& x) { return x.size(); },
            [](const texts& x) { return x.size(); },
            [](const text_map& x) {
              return x.size();
            }};
  });
  auto echo = here.system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](int x) {
      return x;
    }};
  });
  caf::anon_send(here.names, cafmesh::publication(here.system, "sink", sink));
  caf::anon_send(here.names, cafmesh::publication(here.system, "echo", echo));
  caf::anon_send(here.router, cafmesh::start_mesh{});
  auto address = address_of(here);
  auto written = write(ready, address.data(), address.size());
  close(ready);
  char byte = 0;
  while (written > 0 && read(end, &byte, 1) > 0)
    ;
  _exit(0);
}

caf::actor find(peer& here, const std::string& name) {
  return bench::find_actor(here.system, here.names, name);
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
  bench::stopwatch watch;
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

void measure_throughput(peer& here, const options& opts) {
  caf::scoped_actor self{here.system};
  bench::stopwatch watch;
  here.system.spawn(stream_behavior, find(here, "sink"),
                    caf::actor_cast<caf::actor>(self), large_message(opts),
                    std::uint64_t{1} << 40, opts.seconds);
  self->receive([&](std::uint64_t answered, std::uint64_t failed) {
    auto rate = static_cast<double>(answered * opts.size) / watch.seconds();
    bench::report("throughput",
                  "\"size\":" + std::to_string(opts.size)
                    + ",\"mb_per_s\":" + std::to_string(rate / 1e6)
                    + ",\"failed\":" + std::to_string(failed));
  });
}

// Measures round trips for `opts.seconds`. With `beside_stream`, large messages
// are streamed at the same time, and the measurement instead lasts until the
// stream has ended.
void measure_round_trips(peer& here, const options& opts, bool beside_stream) {
  caf::scoped_actor self{here.system};
  caf::scoped_actor parent{here.system};
  auto echo = find(here, "echo");
  bench::stopwatch watch;
  if (beside_stream)
    here.system.spawn(stream_behavior, find(here, "sink"),
                      caf::actor_cast<caf::actor>(parent), large_message(opts),
                      std::max<std::uint64_t>(least_streamed / opts.size, 2),
                      20.0);
  std::vector<std::uint32_t> times;
  std::uint64_t failed = 0;
  while (beside_stream ? !parent->has_next_message()
                       : watch.seconds() < opts.seconds) {
    auto left = bench::steady::now();
    self->request(echo, patience, 1)
      .receive(
        [&](int) {
          times.push_back(static_cast<std::uint32_t>(
            std::chrono::nanoseconds{bench::steady::now() - left}.count()));
        },
        [&](caf::error&) { ++failed; });
  }
  auto fields =
    bench::describe_latencies(times) + ",\"failed\":" + std::to_string(failed);
  if (beside_stream)
    parent->receive([&](std::uint64_t answered, std::uint64_t lost) {
      fields += ",\"streamed\":" + std::to_string(answered)
                + ",\"refused\":" + std::to_string(lost)
                + ",\"seconds\":" + std::to_string(watch.seconds());
    });
  bench::report(beside_stream ? "beside_stream" : "alone", fields);
}

int run(const options& opts) {
  bench::keep_memory();
  int ready[2];
  int end[2];
  if (pipe(ready) != 0 || pipe(end) != 0)
    return 1;
  auto child = fork();
  if (child == 0) {
    close(ready[0]);
    close(end[1]);
    serve(opts, ready[1], end[0]);
  }
  close(ready[1]);
  close(end[0]);
  std::string address(64, '\0');
  auto count = read(ready[0], address.data(), address.size());
  address.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  {
    peer here{opts, {address}};
    caf::anon_send(here.router, cafmesh::start_mesh{});
    measure_round_trips(here, opts, false);
    measure_throughput(here, opts);
    measure_round_trips(here, opts, true);
    caf::scoped_actor self{here.system};
    self->request(here.router, patience, cafmesh::stop_mesh{})
      .receive([] {}, [](caf::error&) {});
  }
  close(end[1]);
  waitpid(child, nullptr, 0);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
