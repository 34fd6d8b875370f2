#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "messages/wire/topology_update.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/mesh_shape.hpp"
#include "tools/benchmarks/options.hpp"

// Measures one calculation on a topology, without sockets or actors. Reports
// `done` with the mean time and a digest of the result. The Go program must
// report the same digest.

namespace {

using namespace cafmesh;

class digest {
public:
  void add(std::uint64_t x) noexcept {
    value_ = (value_ ^ x) * 1099511628211ull;
  }
  std::uint64_t value() const noexcept {
    return value_;
  }

private:
  std::uint64_t value_ = 14695981039346656037ull;
};

std::uint64_t count_of(std::size_t peers, std::size_t connections) {
  digest result;
  result.add(peers);
  result.add(connections);
  return result.value();
}

std::uint64_t count_in(const mesh_model& view) {
  auto records = view.records();
  std::size_t connections = 0;
  for (auto& x : records)
    connections += x.connections.size();
  return count_of(records.size(), connections);
}

std::uint64_t count_in(const std::vector<payload>& updates) {
  std::size_t peers = 0;
  std::size_t connections = 0;
  for (auto& x : updates) {
    wire::topology_update_reader reader{x.view(), name_flavour::mac};
    peer_summary peer;
    std::vector<wire::connection_view> links;
    while (reader.next(peer) && reader.read_connections(links)) {
      ++peers;
      connections += links.size();
    }
  }
  return count_of(peers, connections);
}

class work {
public:
  explicit work(const bench::options& opts)
      : shape_{static_cast<unsigned>(opts.nodes),
               static_cast<unsigned>(opts.degree)},
        seconds_(opts.seconds), updates_(shape_.updates()) {
  }

  /// Encodes all known records for the first time.
  std::uint64_t encode() {
    const auto records = bench::records_of(shape_);
    std::vector<payload> result;
    repeat([] {}, [&] { result = bench::encode_all(records); });
    return count_in(result);
  }

  /// Encodes all known records when none has changed, so that each record can
  /// reuse the encoding that it keeps.
  std::uint64_t encode_again() {
    auto view = member();
    std::vector<payload> result;
    repeat([] {}, [&] { result = view.complete()->encode(); });
    return count_in(result);
  }

  std::uint64_t apply_known() {
    auto view = member();
    repeat([] {}, [&] { apply(view); });
    return count_in(view);
  }

  std::uint64_t apply_new() {
    auto view = bench::view_of_newcomer(shape_);
    repeat([&] { view = bench::view_of_newcomer(shape_); },
           [&] { apply(view); });
    return count_in(view);
  }

  /// Computes the unicast routes after a change, first over all connections and
  /// then over established connections only.
  std::uint64_t unicast() {
    auto view = member();
    auto version = std::uint64_t{1};
    routes_ptr all;
    std::unique_ptr<const routes> established;
    std::size_t reachable = 0;
    repeat([&] { bench::change_first_connection(view, shape_, ++version); },
           [&] {
             all = view.current_routes();
             established.reset(new routes{all->over(route_scope::established)});
             // Next hops are computed when they are first needed.
             reachable = all->reachable() + established->reachable();
           });
    digest out;
    if (reachable != 2 * shape_.peers)
      throw std::logic_error{"not all peers are reachable"};
    for (const auto* ways : {established.get(), all.get()})
      for (unsigned i = 1; i <= shape_.peers; ++i) {
        auto hop = ways->next_hop(peer_name::from_number(i));
        out.add(hop ? hop->number() : 0);
      }
    return out.value();
  }

  /// Computes the routes for the broadcasts of several peers, both over all
  /// connections and over established connections only.
  std::uint64_t broadcast() {
    auto view = member();
    auto all = view.current_routes();
    auto established = all->over(route_scope::established);
    std::vector<peer_name> targets;
    auto table = [&](unsigned source, const routes& ways) {
      targets = ways.broadcast_targets(peer_name::from_number(source));
    };
    unsigned next = 0;
    repeat([&] { next = (next + 1) % sources; },
           [&] {
             table(source(next), established);
             table(source(next), *all);
           });
    digest out;
    for (unsigned i = 0; i < sources; ++i)
      for (const auto* ways :
           {static_cast<const routes*>(&established), all.get()}) {
        table(source(i), *ways);
        for (auto x : targets)
          out.add(x.number());
      }
    return out.value();
  }

  std::string summary(std::uint64_t result) {
    // Reports the mean, because the work differs from one source to the next.
    std::uint64_t sum = 0;
    for (auto x : times_)
      sum += x;
    return "\"ns\":" + std::to_string(sum / times_.size())
           + ",\"times\":" + std::to_string(times_.size())
           + ",\"result\":" + std::to_string(result);
  }

private:
  static constexpr unsigned sources = 10;

  unsigned source(unsigned i) const noexcept {
    return 1 + i * (shape_.peers / sources);
  }

  mesh_model member() const {
    return bench::view_of_member(shape_, updates_);
  }

  void apply(mesh_model& view) const {
    mesh_model_effects effects;
    for (auto& x : updates_)
      if (!view.apply_update(x.view(), instant{}, effects, {false, false}))
        throw std::runtime_error("an update was refused");
  }

  // Calls `prepare` and `run` in turn for `seconds_`, and measures `run` only.
  // The number of calls is a multiple of `sources`, so that each source counts
  // equally in the mean.
  template <class Prepare, class Run>
  void repeat(Prepare prepare, Run run) {
    bench::stopwatch total;
    while (times_.empty() || times_.size() % sources != 0
           || total.seconds() < seconds_) {
      prepare();
      auto started = bench::steady::now();
      run();
      auto took = bench::steady::now() - started;
      times_.push_back(
        static_cast<std::uint64_t>(std::chrono::nanoseconds{took}.count()));
    }
  }

  bench::mesh_shape shape_;
  double seconds_;
  std::vector<payload> updates_;
  std::vector<std::uint64_t> times_;
};

std::uint64_t measure(work& todo, const std::string& name) {
  if (name == "encode")
    return todo.encode();
  if (name == "encode again")
    return todo.encode_again();
  if (name == "apply known")
    return todo.apply_known();
  if (name == "apply new")
    return todo.apply_new();
  if (name == "unicast routes")
    return todo.unicast();
  if (name == "broadcast routes")
    return todo.broadcast();
  throw std::invalid_argument("there is no work '" + name + "'");
}

int run(const bench::options& opts) {
  bench::keep_memory();
  work todo{opts};
  auto result = measure(todo, opts.core);
  bench::report("done", todo.summary(result));
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
