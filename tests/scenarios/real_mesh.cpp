#include "tests/scenarios/real_mesh.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/eventually.hpp"

namespace cafmesh::test {

namespace {

using json = nlohmann::json;
using clock = std::chrono::steady_clock;

// Nodes count as agreed once their views have stayed the same for this long. A
// node needs less time than this to announce a change or to notice that a
// neighbour is gone.
constexpr seconds quiet{2};

// The number of actors in a process whose node has no neighbours: router,
// acceptor, connection maker, topology, two channels, the counter, and the
// actor that sends the program's requests.
constexpr std::size_t actors_per_node = 8;

// The maximum number of actors that one neighbour needs: a connection, and the
// gossip senders of two channels. An idle sender ends after a while.
constexpr std::size_t most_actors_per_neighbour = 3;

bool is_connected_to(const json& peer, std::size_t others) {
  const auto& all = peer.at("connections");
  return all.size() == others
         && std::all_of(all.begin(), all.end(), [](const json& x) {
              return x.at("established").get<bool>();
            });
}

/// Whether the view has exactly the peers `names`, all connected to each other.
bool is_complete(const json& view, const std::vector<std::string>& names) {
  return std::equal(view.begin(), view.end(), names.begin(), names.end(),
                    [&](const json& x, const std::string& name) {
                      return x.at("name") == name
                             && is_connected_to(x, names.size() - 1);
                    });
}

struct figures {
  static std::vector<std::string>& lines() {
    static std::vector<std::string> result;
    return result;
  }
  ~figures() {
    for (const auto& x : lines())
      std::cout << "figure: " << x << '\n';
    std::cout << std::flush;
  }
};

BOOST_TEST_GLOBAL_FIXTURE(figures);

} // namespace

numbers range(std::uint64_t first, std::uint64_t last) {
  numbers result;
  for (auto i = first; i <= last; ++i)
    result.push_back(i);
  return result;
}

void real_mesh::start(node_setup setup) {
  setups_[setup.number] = setup;
  auto& slot = nodes_[setup.number];
  slot.reset();
  slot = std::make_unique<real_node>(std::move(setup));
}

void real_mesh::kill(const numbers& which) {
  for (auto x : which)
    nodes_.at(x)->kill();
  for (auto x : which)
    nodes_.erase(x);
}

void real_mesh::restart(std::uint64_t which) {
  start(setups_.at(which));
}

real_node& real_mesh::operator[](std::uint64_t which) {
  return *nodes_.at(which);
}

bool real_mesh::finds(std::uint64_t which, const std::string& name,
                      std::size_t count) {
  return eventually([&] {
    return (*this)[which].ask("find " + name) == std::to_string(count);
  });
}

numbers real_mesh::all() const {
  numbers result;
  for (const auto& x : nodes_)
    result.push_back(x.first);
  return result;
}

void real_mesh::increment(const numbers& which, int times) {
  for (auto x : which)
    for (int i = 0; i < times; ++i, ++sum_)
      nodes_.at(x)->increment();
}

/// Returns the view that all of these nodes share. It is empty if views differ,
/// a peer or connection is missing, or a node's counter is not at `count`.
std::string real_mesh::view(const numbers& which, std::int64_t count) {
  std::vector<std::string> names;
  for (auto x : which)
    names.push_back(nodes_.at(x)->name());
  json first;
  for (auto x : which) {
    if (nodes_.at(x)->count() != count)
      return {};
    auto each = nodes_.at(x)->topology();
    if (!is_complete(each, names) || (!first.is_null() && each != first))
      return {};
    first = std::move(each);
  }
  return first.dump();
}

std::optional<milliseconds>
real_mesh::agree(const numbers& which, std::int64_t count, milliseconds bound) {
  const auto start = clock::now();
  auto since = start;
  std::string agreed;
  const bool did = eventually(
    [&] {
      const auto asked = clock::now();
      auto now = view(which, count);
      if (now.empty() || now != agreed)
        since = asked;
      agreed = std::move(now);
      return !agreed.empty() && clock::now() - since >= quiet;
    },
    bound + quiet);
  auto took = std::chrono::duration_cast<milliseconds>(since - start);
  if (!did || took > bound)
    return {};
  return took;
}

std::string real_mesh::views(const numbers& which) {
  std::ostringstream result;
  for (auto x : which)
    result << "\n--- as seen by " << nodes_.at(x)->name() << ", which counts "
           << nodes_.at(x)->count() << "\n"
           << nodes_.at(x)->topology().dump(1);
  return result.str();
}

std::map<std::uint64_t, holdings> real_mesh::held() {
  std::map<std::uint64_t, holdings> result;
  for (auto& x : nodes_)
    result.emplace(x.first, x.second->held());
  return result;
}

std::size_t real_mesh::most_actors() const {
  return actors_per_node + most_actors_per_neighbour * (nodes_.size() - 1);
}

std::map<std::uint64_t, holdings> real_mesh::held_at_rest() {
  // A second connection to a neighbour may wait for 3 s for the end of the
  // first.
  constexpr seconds steady{4};
  using clock = std::chrono::steady_clock;
  std::map<std::uint64_t, holdings> result;
  const auto most = most_actors();
  auto last_change = clock::now();
  const bool settled = eventually(
    [&] {
      const auto before = std::exchange(result, held());
      if (!std::equal(result.begin(), result.end(), before.begin(),
                      before.end(), [](const auto& x, const auto& y) {
                        return x.second.descriptors == y.second.descriptors;
                      }))
        last_change = clock::now();
      return clock::now() - last_change >= steady
             && std::all_of(result.begin(), result.end(), [&](const auto& x) {
                  return x.second.actors <= most;
                });
    },
    seconds{60});
  if (!settled) {
    std::ostringstream what;
    what << "some node keeps more than " << most
         << " actors, or opens and closes descriptors:";
    for (const auto& [number, x] : result)
      what << "\nnode " << number << " has " << x;
    throw std::runtime_error(what.str());
  }
  return result;
}

std::string
real_mesh::leaked_since(const std::map<std::uint64_t, holdings>& before,
                        milliseconds bound) {
  std::string result;
  const auto most = most_actors();
  eventually(
    [&] {
      std::ostringstream more;
      for (const auto& [number, then] : before) {
        const auto now = nodes_.at(number)->held();
        if (now.actors > most || now.descriptors != then.descriptors
            || now.threads != then.threads
            || now.heap > then.heap + harmless_growth)
          more << "\nnode " << number << " had " << then << "\n  and has "
               << now;
      }
      result = more.str();
      return result.empty();
    },
    bound);
  return result;
}

void note(const std::string& figure) {
  figures::lines().push_back(figure);
}

std::string growth(const std::map<std::uint64_t, holdings>& before,
                   const std::map<std::uint64_t, holdings>& after) {
  std::int64_t heap = INT64_MIN;
  std::int64_t rss = INT64_MIN;
  holdings largest;
  auto more = [](std::size_t now, std::size_t then) {
    return (static_cast<std::int64_t>(now) - static_cast<std::int64_t>(then))
           / 1024;
  };
  for (const auto& [number, then] : before) {
    const auto& now = after.at(number);
    heap = std::max(heap, more(now.heap, then.heap));
    rss = std::max(rss, more(now.rss, then.rss));
    if (now.rss > largest.rss)
      largest = now;
  }
  std::ostringstream result;
  result << "heap grew by " << heap << " KiB at most and RSS by " << rss
         << " KiB; the largest holds " << largest;
  return result.str();
}

} // namespace cafmesh::test
