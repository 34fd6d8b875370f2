#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/node.hpp"
#include "tools/benchmarks/options.hpp"

// Measures the time from the publication of a name until every other peer sees
// it. All peers are in one process, each with an actor system of its own, and
// use real sockets. Each peer dials `degree / 2` earlier ones at random.

namespace {

using namespace cafmesh;

constexpr auto between_names = std::chrono::milliseconds{20};
constexpr auto patience = std::chrono::seconds{60};

/// Records when each name was published and when it was seen. May be used from
/// any thread.
class timetable {
public:
  void published(const std::string& name) {
    std::lock_guard<std::mutex> guard{mutex_};
    published_[name] = bench::steady::now();
  }
  void seen(const std::string& name) {
    auto now = bench::steady::now();
    std::lock_guard<std::mutex> guard{mutex_};
    auto since = published_.find(name);
    if (since != published_.end())
      delays_.push_back(static_cast<std::uint32_t>(
        std::chrono::nanoseconds{now - since->second}.count()));
  }
  std::size_t size() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return delays_.size();
  }
  std::vector<std::uint32_t> delays() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return delays_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, bench::steady::time_point> published_;
  std::vector<std::uint32_t> delays_;
};

using timetable_ptr = std::shared_ptr<timetable>;

// Notes the names that other peers publish.
name_watcher_actor::behavior_type
watcher(name_watcher_actor::pointer, peer_name we, const timetable_ptr& times) {
  return {[we, times](const names_changed& x) {
    for (const auto& each : x.published)
      if (each.peer != we)
        times->seen(each.name);
  }};
}

caf::behavior idle() {
  return {[](int) {
  }};
}

struct config : bench::actor_config {
  explicit config(const bench::options& opts) : actor_config(opts.threads) {
    add_options(*this);
  }
};

struct peer {
  peer(const bench::options& opts, std::size_t number,
       const timetable_ptr& times)
      : cfg(opts), system(cfg) {
    auto settings = bench::settings_of_one(opts, number);
    auto name = *settings.name;
    router = bench::spawn_node(system, std::move(settings));
    auto joined = join_actors(system, router, std::nullopt, make_null_sink());
    if (!joined)
      throw std::runtime_error(describe(joined.error()));
    names = *joined;
    actor = system.spawn(idle);
    caf::anon_send(
      names, watch_names{"timed ", true, system.spawn(watcher, name, times)});
    caf::anon_send(router, start_mesh{});
    caf::scoped_actor self{system};
    address = bench::address_of(self, router);
  }

  config cfg;
  caf::actor_system system;
  router_actor router;
  directory_actor names;
  caf::actor actor;
  std::string address;
};

using peers = std::vector<std::unique_ptr<peer>>;

void dial_each_other(const peers& all, std::size_t degree) {
  std::mt19937 rng; // the same mesh in each run
  std::vector<std::string> addresses;
  for (const auto& x : all) {
    connect_to dialled;
    std::sample(addresses.begin(), addresses.end(),
                std::back_inserter(dialled.addresses), degree / 2, rng);
    addresses.push_back(x->address);
    if (!dialled.addresses.empty())
      caf::anon_send(x->router, std::move(dialled));
  }
}

template <class F>
bool wait_until(F is_true) {
  auto end = bench::steady::now() + patience;
  while (!is_true() && bench::steady::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  return is_true();
}

std::size_t documents_of(peer& x) {
  std::size_t result = 0;
  caf::scoped_actor self{x.system};
  bench::ask(self, x.names, get_directory_figures{},
             [&](const directory_figures& y) { result = y.documents; });
  return result;
}

void publish(peer& x, timetable& times, const std::string& name) {
  times.published(name);
  caf::anon_send(x.names, publication(x.system, name, x.actor));
}

int run(const bench::options& opts) {
  bench::keep_memory();
  bench::raise_descriptor_limit();
  auto times = std::make_shared<timetable>();
  peers all;
  while (all.size() < opts.nodes)
    all.push_back(std::make_unique<peer>(opts, all.size(), times));
  dial_each_other(all, opts.degree);
  auto know_all = [&] {
    return std::all_of(all.begin(), all.end(), [&](const auto& x) {
      return documents_of(*x) >= opts.nodes;
    });
  };
  if (!wait_until(know_all))
    throw std::runtime_error("not every peer knows all others");
  std::this_thread::sleep_for(std::chrono::seconds{2});
  bench::report("ready");
  bench::stopwatch watch;
  std::size_t count = 0;
  while (watch.seconds() < opts.seconds) {
    publish(*all[count % all.size()], *times, "timed " + std::to_string(count));
    ++count;
    std::this_thread::sleep_for(between_names);
  }
  auto expected = count * (opts.nodes - 1);
  if (!wait_until([&] { return times->size() >= expected; }))
    throw std::runtime_error("names were not seen by all");
  auto delays = times->delays();
  bench::report("done", bench::describe_latencies(delays)
                          + ",\"names\":" + std::to_string(count)
                          + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
  // Ends immediately, because the figures do not include leaving the mesh.
  std::fflush(stdout);
  _exit(0);
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
