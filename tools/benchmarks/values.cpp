#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/node.hpp"
#include "tools/benchmarks/options.hpp"

// Measures a replicated lww_map between nodes that use real sockets. Roles:
// - `watched`: one node writes, while a watcher gets the changes and a reader
//   always holds a recent snapshot. Reports the writes per second, and the
//   memory for each byte of keys and values.
// - `spread`: the first of `nodes` nodes in this process writes. Reports the
//   rate of writes that have reached all nodes.
// - `donor`: has `keys` keys and answers an actor every millisecond. Once
//   another process has received all keys, reports how long the answers took.
// - `newcomer`: receives `keys` keys from a donor. Reports how long this takes
//   and, as `rested`, its traffic at rest.

namespace {

using namespace cafmesh;
using map_actor = replicated_actor<lww_map>;

constexpr std::size_t writes_in_flight = 64;
constexpr auto time_to_settle = std::chrono::seconds{5};
// More than the interval of gossip.
constexpr auto time_until_quiet = std::chrono::seconds{35};
constexpr auto patience = std::chrono::minutes{5};

struct node {
  router_actor router;
  map_actor map;
  peer_name name;
};

std::string key_of(std::size_t number) {
  auto digits = std::to_string(number);
  return "key " + std::string(12 - digits.size(), '0') + digits;
}

bytes value_of(std::size_t number, std::size_t size) {
  bytes result(size, static_cast<std::uint8_t>(number));
  std::copy_n(reinterpret_cast<const std::uint8_t*>(&number), sizeof(number),
              result.begin());
  return result;
}

std::size_t allocated() {
  auto x = ::mallinfo2();
  return x.uordblks + x.hblkhd;
}

// Writes the keys in turn for a limited time, `writes_in_flight` at a time.
struct writer_state {
  static inline const char* name = "bench.writer";
  std::size_t next = 0;
  std::size_t done = 0;
  bench::stopwatch watch;
  caf::response_promise finished;
};

struct writing {
  map_actor map;
  peer_name who;
  std::size_t keys = 1;
  std::size_t size = 100;
  double seconds = 1;
};

void write_next(caf::stateful_actor<writer_state>* self, const writing& how) {
  auto& st = self->state;
  if (st.watch.seconds() >= how.seconds) {
    if (st.done == st.next)
      st.finished.deliver(static_cast<std::uint64_t>(st.done));
    return;
  }
  auto number = st.next++;
  update<lww_map> put;
  put.change = [number, who = how.who, size = how.size,
                key = key_of(number % how.keys)](const lww_map& x) {
    return x.put(key, value_of(number, size), who);
  };
  self->request(how.map, caf::infinite, std::move(put))
    .then([self, how](const snapshot<lww_map>&) {
      ++self->state.done;
      write_next(self, how);
    });
}

caf::behavior writer(caf::stateful_actor<writer_state>* self,
                     const writing& how) {
  return {[self, how](caf::get_atom) {
    self->state.watch = {};
    self->state.finished = self->make_response_promise();
    for (std::size_t i = 0; i < writes_in_flight; ++i)
      write_next(self, how);
    return self->state.finished;
  }};
}

value_watcher_actor<lww_map>::behavior_type
watcher(value_watcher_actor<lww_map>::pointer,
        const std::shared_ptr<std::atomic<std::size_t>>& seen) {
  return {[seen](const value_changed<lww_map>& x) {
    *seen += x.news->entries().size();
  }};
}

class nodes {
public:
  nodes(caf::actor_system& system, const bench::options& opts)
      : system_(system), self_(system), opts_(opts) {
  }

  node start(std::vector<std::string> peers = {}) {
    auto config = opts_.name.empty() ? bench::settings_of_one(opts_, started_++)
                                     : bench::settings_from(opts_);
    config.peers = std::move(peers);
    node result;
    result.name = *config.name;
    result.router = bench::spawn_node(system_, std::move(config));
    result.map = spawn_replicated<lww_map>(system_, result.router, "values");
    bench::ask(self_, result.map, get_channel{}, [](gossip_channel_actor&) {});
    bench::ask(self_, result.router, start_mesh{}, [] {});
    return result;
  }
  std::string address_of(const node& x) {
    return bench::address_of(self_, x.router);
  }
  snapshot<lww_map> value_of(const node& x) {
    snapshot<lww_map> result;
    bench::ask(self_, x.map, get_value<lww_map>{},
               [&](snapshot<lww_map>& y) { result = std::move(y); });
    return result;
  }
  void fill(const node& x) {
    lww_map all;
    for (std::size_t i = 0; i < opts_.keys; ++i)
      all.merge(*all.put(key_of(i), ::value_of(i, opts_.size), x.name));
    update<lww_map> put;
    put.change = [all = std::move(all)](const lww_map&) {
      return all;
    };
    bench::ask(self_, x.map, std::move(put), [](snapshot<lww_map>&) {});
  }
  // @returns the number of writes
  std::uint64_t write(const node& x) {
    writing how{x.map, x.name, opts_.keys, opts_.size, opts_.seconds};
    std::uint64_t result = 0;
    bench::ask(self_, system_.spawn(writer, how), caf::get_atom::value,
               [&](std::uint64_t y) { result = y; });
    return result;
  }
  traffic_figures traffic(const node& x) {
    traffic_figures result;
    bench::ask(self_, x.router, get_status{}, [&](const mesh_status& y) {
      for (const auto& connection : y.connections) {
        result.bytes_in += connection.traffic.bytes_in;
        result.bytes_out += connection.traffic.bytes_out;
      }
    });
    return result;
  }
  caf::actor_system& system() {
    return system_;
  }

private:
  caf::actor_system& system_;
  caf::scoped_actor self_;
  bench::options opts_;
  std::size_t started_ = 0;
};

template <class F>
void wait_until(F is_true, std::chrono::milliseconds pause) {
  auto end = bench::steady::now() + patience;
  while (!is_true()) {
    if (bench::steady::now() > end)
      throw std::runtime_error("the replicas do not agree in time");
    std::this_thread::sleep_for(pause);
  }
}

// Calls a function repeatedly on its own thread until this object is destroyed.
class meanwhile {
public:
  template <class F>
  explicit meanwhile(F f)
      : thread_([this, f] {
          while (!ends_)
            f();
        }) {
  }
  ~meanwhile() {
    ends_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

void watched(nodes& all) {
  auto one = all.start();
  auto before = allocated();
  all.fill(one);
  auto seen = std::make_shared<std::atomic<std::size_t>>(0);
  caf::anon_send(one.map, watch<lww_map>{all.system().spawn(watcher, seen)});
  caf::scoped_actor reader{all.system()};
  snapshot<lww_map> held;
  std::uint64_t written = 0;
  bench::stopwatch time;
  std::size_t most = 0;
  {
    meanwhile reads{[&] {
      bench::ask(reader, one.map, get_value<lww_map>{},
                 [&](snapshot<lww_map>& x) { held = std::move(x); });
      most = std::max(most, allocated());
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }};
    written = all.write(one);
  }
  auto rate = static_cast<double>(written) / time.seconds();
  auto content = static_cast<double>(held->bytes_of_content());
  bench::report("done",
                "\"rate\":" + std::to_string(rate) + ",\"memory_ratio\":"
                  + std::to_string(static_cast<double>(most - before) / content)
                  + ",\"seen\":" + std::to_string(*seen));
}

void spread(nodes& all, const bench::options& opts) {
  std::vector<node> members{all.start()};
  while (members.size() < opts.nodes)
    members.push_back(all.start({all.address_of(members.front())}));
  std::this_thread::sleep_for(time_to_settle);
  bench::stopwatch time;
  auto written = all.write(members.front());
  auto last = all.value_of(members.front());
  for (const auto& x : members)
    wait_until([&] { return *all.value_of(x) == *last; },
               std::chrono::milliseconds{10});
  bench::report(
    "done", "\"rate\":"
              + std::to_string(static_cast<double>(written) / time.seconds()));
}

void report_rest(nodes& all, const node& x, double seconds) {
  std::this_thread::sleep_for(time_until_quiet);
  auto before = all.traffic(x);
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
  auto after = all.traffic(x);
  auto rate = [&](std::uint64_t earlier, std::uint64_t later) {
    return std::to_string(static_cast<double>(later - earlier) / seconds);
  };
  bench::report(
    "rested", "\"bytes_in\":" + rate(before.bytes_in, after.bytes_in)
                + ",\"bytes_out\":" + rate(before.bytes_out, after.bytes_out));
}

// Waits until a node has sent more than `something` bytes and then almost
// nothing for `pause`.
void wait_until_sent(nodes& all, const node& x) {
  constexpr std::uint64_t something = 1'000'000;
  constexpr auto pause = std::chrono::milliseconds{500};
  wait_until([&] { return all.traffic(x).bytes_out > something; }, pause);
  std::uint64_t last = 0;
  wait_until(
    [&] {
      auto now = all.traffic(x).bytes_out;
      return now - std::exchange(last, now) < something;
    },
    pause);
}

void give(nodes& all) {
  auto donor = all.start();
  all.fill(donor);
  caf::scoped_actor asker{all.system()};
  std::vector<std::uint32_t> delays;
  bench::report("ready");
  {
    meanwhile asks{[&] {
      auto began = bench::steady::now();
      bench::ask(asker, donor.map, get_value<lww_map>{},
                 [](snapshot<lww_map>&) {});
      delays.push_back(static_cast<std::uint32_t>(
        std::chrono::nanoseconds{bench::steady::now() - began}.count()));
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }};
    wait_until_sent(all, donor);
  }
  bench::report("given", bench::describe_latencies(delays));
  bench::wait_for_end_of_input();
}

void take(nodes& all, const bench::options& opts) {
  bench::stopwatch time;
  auto newcomer = all.start(opts.peers);
  wait_until([&] { return all.value_of(newcomer)->size() == opts.keys; },
             std::chrono::milliseconds{50});
  bench::report("done", "\"seconds\":" + std::to_string(time.seconds()));
  report_rest(all, newcomer, opts.seconds);
}

int run(const bench::options& opts) {
  if (opts.role != "donor")
    bench::end_with_input();
  bench::actor_config cfg{opts.threads};
  caf::actor_system system{cfg};
  nodes all{system, opts};
  if (opts.role == "watched")
    watched(all);
  else if (opts.role == "spread")
    spread(all, opts);
  else if (opts.role == "donor")
    give(all);
  else if (opts.role == "newcomer")
    take(all, opts);
  else
    throw std::invalid_argument("there is no role '" + opts.role + "'");
  std::fflush(stdout);
  _exit(0);
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
