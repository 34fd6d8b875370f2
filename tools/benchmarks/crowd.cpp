#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tools/benchmarks/broadcast.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/node.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/traffic.hpp"

// Runs many peers in one process. Roles:
// - `star`: all peers dial the first one.
// - `mesh`: each peer dials `degree / 2` earlier peers, chosen at random.
// - `seeded`: all peers know the first one, and discover the others. `degree`
//   is the target, or 0 for the default. After `seconds`, the program reports
//   `degrees`.
// - `crowd`: all peers dial one peer in another process.
// - `listeners`: like `crowd`, but each peer also receives the broadcasts of
//   the dialled peer.
//
// All roles except `listeners` report `together` once each peer knows all
// others. A star and a mesh are then measured while they are idle, and report
// `rested`. After that, another peer joins the mesh, with as many connections
// as the others, and leaves. The mesh reports `joined` and `left` once all
// peers know this, and then `settled` with the CPU time until all is announced.

namespace {

using namespace cafmesh;

/// Measures the time until every node knows every peer.
class census {
public:
  census(std::size_t nodes, std::size_t everybody)
      : nodes_(nodes), others_(everybody - 1), missing_(nodes) {
  }
  std::size_t others() const noexcept {
    return others_;
  }
  unsigned round() const noexcept {
    return round_;
  }
  void begin() {
    watch_ = {};
  }
  /// Measures again, until every node knows this number of peers.
  void expect(const char* event, std::size_t everybody) {
    together_ = false;
    event_ = event;
    missing_ = nodes_;
    others_ = everybody - 1;
    ++round_;
    begin();
  }
  void complete() {
    if (--missing_ != 0)
      return;
    auto cpu = watch_.cpu_seconds();
    bench::report(event_,
                  "\"seconds\":" + std::to_string(watch_.seconds())
                    + ",\"cpu\":" + std::to_string(cpu) + ",\"cpu_ms_each\":"
                    + std::to_string(1000 * cpu / static_cast<double>(nodes_))
                    + ",\"peak_kib\":"
                    + std::to_string(bench::peak_resident_kib()));
    std::lock_guard<std::mutex> guard{mutex_};
    together_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> guard{mutex_};
    changed_.wait(guard, [this] { return together_; });
  }

private:
  const std::size_t nodes_;
  std::atomic<std::size_t> others_;
  std::atomic<std::size_t> missing_;
  std::atomic<unsigned> round_{0};
  const char* event_ = "together";
  bench::stopwatch watch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool together_ = false;
};

using census_ptr = std::shared_ptr<census>;

struct counter_state {
  static inline const char* name = "bench.counter";

  void change(std::size_t joined, std::size_t left) {
    known = known + joined - left;
    if (known == all->others() && told != all->round()) {
      told = all->round();
      all->complete();
    }
  }

  census_ptr all;
  std::size_t known = 0;
  unsigned told = ~0u; // the latest round in which the peers were complete
};

event_subscriber_actor::behavior_type
counter(event_subscriber_actor::stateful_pointer<counter_state> self,
        const census_ptr& all) {
  auto st = &self->state;
  st->all = all;
  return {
    [](const mesh_description&) {},
    [st](const peer_joined&) { st->change(1, 0); },
    [st](const peer_left&) { st->change(0, 1); },
    [](const peer_restarted&) {},
    [](const connection_added&) {},
    [](const connection_established&) {},
    [](const connection_removed&) {},
    [](routes_changed) {},
    [](short_ids_changed) {},
    [](const gossiper_ended&) {},
  };
}

// How long to wait before an idle mesh is measured. Within this time, nodes
// send the announcements that they have delayed.
constexpr auto time_to_settle = std::chrono::seconds{3};

class crowd {
public:
  crowd(caf::actor_system& system, const bench::options& opts)
      : system_(system), self_(system), opts_(opts) {
  }

  void run() {
    if (opts_.role == "star") {
      count(opts_.nodes);
      auto hub = opts_;
      hub.peers.clear();
      auto first = bench::settings_of_one(hub, 0);
      first.port = opts_.port;
      opts_.peers = {bench::address_of(self_, start(std::move(first)))};
    } else if (opts_.role == "mesh" || opts_.role == "seeded") {
      count(opts_.nodes);
    } else if (opts_.role == "crowd") {
      count(opts_.nodes + 1);
    } else if (opts_.role == "listeners") {
      audience_ = bench::make_audience(opts_.nodes);
    } else {
      throw std::invalid_argument("there is no role '" + opts_.role + "'");
    }
    if (opts_.role == "seeded")
      census_->begin();
    while (nodes_.size() < opts_.nodes)
      start(opts_.role == "seeded"
              ? discovering(nodes_.size())
              : bench::settings_of_one(opts_, nodes_.size()));
    bench::report("ready");
    if (opts_.role == "mesh")
      dial_each_other();
    if (opts_.role == "mesh" || opts_.role == "star")
      rest();
    if (opts_.role == "mesh")
      change();
    if (opts_.role == "seeded")
      count_connections();
  }

private:
  void count(std::size_t everybody) {
    census_ = std::make_shared<census>(opts_.nodes, everybody);
  }

  // Discovery needs a different host for each peer, and the same port for all.
  settings discovering(std::size_t number) const {
    auto host_of = [](std::size_t i) {
      return "127.1." + std::to_string(i / 250) + "."
             + std::to_string(i % 250 + 1);
    };
    auto result = bench::settings_of_one(opts_, number);
    result.host = host_of(number);
    result.port = opts_.port;
    result.discovery = true;
    if (opts_.degree != 0)
      result.target_degree = opts_.degree;
    if (number != 0)
      result.peers = {host_of(0) + ":" + std::to_string(opts_.port)};
    return result;
  }

  void count_connections() {
    census_->wait();
    std::this_thread::sleep_for(std::chrono::duration<double>{opts_.seconds});
    std::vector<std::size_t> all;
    for (std::size_t i = 1; i < nodes_.size(); ++i) // not the seed
      bench::ask(self_, nodes_[i], get_status{}, [&](const mesh_status& x) {
        all.push_back(x.connections.size());
      });
    std::sort(all.begin(), all.end());
    const auto sum = std::accumulate(all.begin(), all.end(), std::size_t{0});
    bench::report("degrees",
                  "\"least\":" + std::to_string(all.front())
                    + ",\"most\":" + std::to_string(all.back()) + ",\"mean\":"
                    + std::to_string(static_cast<double>(sum)
                                     / static_cast<double>(all.size()))
                    + ",\"peak_kib\":"
                    + std::to_string(bench::peak_resident_kib()));
  }

  void dial_each_other() {
    std::vector<std::string> addresses;
    for (const auto& node : nodes_)
      addresses.push_back(bench::address_of(self_, node));
    std::mt19937 rng; // the same mesh in each run
    census_->begin();
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
      connect_to x;
      std::sample(addresses.begin(),
                  addresses.begin() + static_cast<std::ptrdiff_t>(i),
                  std::back_inserter(x.addresses), opts_.degree / 2, rng);
      caf::anon_send(nodes_[i], std::move(x));
    }
  }

  // Measures an idle mesh during `opts_.seconds`: the traffic that its nodes
  // report, and the CPU time. The CPU time of asking the nodes is not counted.
  void rest() {
    census_->wait();
    std::this_thread::sleep_for(time_to_settle);
    bench::stopwatch watch;
    auto before = traffic();
    bench::stopwatch quiet;
    std::this_thread::sleep_for(std::chrono::duration<double>{opts_.seconds});
    auto cpu = quiet.cpu_seconds() / quiet.seconds();
    auto seconds = watch.seconds();
    auto after = traffic();
    auto per_peer = [&](double x) {
      return std::to_string(x / static_cast<double>(nodes_.size()));
    };
    auto rate = [&](std::uint64_t earlier, std::uint64_t later) {
      return per_peer(static_cast<double>(later - earlier) / seconds);
    };
    bench::report("rested",
                  "\"cpu_ms\":" + per_peer(1000 * cpu) + ",\"bytes_in\":"
                    + rate(before.bytes_in, after.bytes_in) + ",\"bytes_out\":"
                    + rate(before.bytes_out, after.bytes_out) + ",\"peak_kib\":"
                    + std::to_string(bench::peak_resident_kib()));
  }

  // Makes another peer join and leave.
  void change() {
    std::mt19937 rng;
    auto config = bench::settings_of_one(opts_, nodes_.size());
    std::vector<router_actor> some;
    std::sample(nodes_.begin(), nodes_.end(), std::back_inserter(some),
                opts_.degree, rng);
    for (const auto& node : some)
      config.peers.push_back(bench::address_of(self_, node));
    auto newcomer = bench::spawn_node(system_, std::move(config));
    known_to_all("joined", nodes_.size() + 1,
                 [&] { bench::ask(self_, newcomer, start_mesh{}, [] {}); });
    known_to_all("left", nodes_.size(),
                 [&] { caf::anon_send(newcomer, stop_mesh{}); });
  }

  template <class F>
  void known_to_all(const char* event, std::size_t everybody, F change) {
    std::this_thread::sleep_for(time_to_settle);
    census_->expect(event, everybody);
    bench::stopwatch watch;
    change();
    census_->wait();
    std::this_thread::sleep_for(time_to_settle);
    auto each = watch.cpu_seconds() / static_cast<double>(nodes_.size());
    bench::report("settled",
                  "\"seconds\":" + std::to_string(watch.seconds())
                    + ",\"cpu_ms_each\":" + std::to_string(1000 * each));
  }

  traffic_figures traffic() {
    traffic_figures result;
    for (const auto& node : nodes_)
      bench::ask(self_, node, get_status{}, [&](const mesh_status& x) {
        for (const auto& connection : x.connections) {
          result.bytes_in += connection.traffic.bytes_in;
          result.bytes_out += connection.traffic.bytes_out;
        }
      });
    return result;
  }

  const router_actor& start(settings config) {
    auto node = bench::spawn_node(system_, std::move(config));
    if (census_)
      self_->send(node, subscribe{system_.spawn(counter, census_)});
    if (audience_) {
      auto role = bench::spawn_listener(system_, opts_, audience_);
      bench::ask(self_, node, join_channel{bench::channel_used, role},
                 [&](gossip_channel_actor& channel) {
                   self_->send(role, bench::use_channel{std::move(channel)});
                 });
    }
    bench::ask(self_, node, start_mesh{}, [] {});
    nodes_.push_back(std::move(node));
    return nodes_.back();
  }

  caf::actor_system& system_;
  caf::scoped_actor self_;
  bench::options opts_;
  std::vector<router_actor> nodes_;
  census_ptr census_;
  std::shared_ptr<bench::audience> audience_;
};

int run(const bench::options& opts) {
  bench::raise_descriptor_limit();
  // The process ends without stopping its nodes, because stopping all of them
  // properly would take too long.
  bench::end_with_input();
  bench::actor_config cfg{opts.threads};
  caf::actor_system system{cfg};
  crowd all{system, opts};
  all.run();
  for (;;)
    pause();
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
