#include <algorithm>
#include <deque>
#include <iostream>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "tests/scenarios/measuring.hpp"
#include "tests/scenarios/scratch_folder.hpp"
#include "tests/support/loopback.hpp"
#include <cafmesh/replicated.hpp>
#include <cafmesh/router.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Measures how fast a replicated map is loaded from a file, and how fast
// changes are stored in it.
namespace {

using store = replicated_actor<lww_map>;

const auto writer = peer_name::from_number(1);

std::string key_of(std::size_t x) {
  return "/services/" + std::to_string(x);
}

update<lww_map> put(std::size_t key, bool durable) {
  return {[=](const lww_map& x) {
            return x.put(key_of(key), byte_view{std::string_view{"a value"}},
                         writer);
          },
          durable};
}

class stopwatch {
public:
  milliseconds passed() const {
    return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - began_);
  }
  std::size_t per_second(std::size_t count) const {
    const auto ms = static_cast<std::size_t>(passed().count());
    return count * 1000 / std::max<std::size_t>(ms, 1);
  }

private:
  std::chrono::steady_clock::time_point began_ =
    std::chrono::steady_clock::now();
};

struct speed {
  ~speed() {
    stop();
  }

  void start() {
    auto spawned =
      spawn_router(system, loopback_settings(1), nullptr, make_null_sink());
    BOOST_TEST_REQUIRE(bool{spawned});
    router = *spawned;
    replicated_options options;
    options.file = file;
    map = spawn_replicated(system, router, "map", lww_map{}, options);
    self->request(map, caf::infinite, get_channel{})
      .receive([](const gossip_channel_actor&) {},
               [](const caf::error&) { BOOST_TEST(false); });
  }
  // Stops the node, and waits until the map has ended and closed its file.
  void stop() {
    if (!router)
      return;
    caf::anon_send(router, stop_mesh{});
    self->wait_for(std::exchange(map, nullptr));
    router = nullptr;
  }
  std::size_t size() {
    std::size_t result = 0;
    self->request(map, caf::infinite, get_value<lww_map>{})
      .receive([&](const snapshot<lww_map>& x) { result = x->size(); },
               [](const caf::error&) { BOOST_TEST(false); });
    return result;
  }
  /// Puts `count` keys, up to `at_once` of them at the same time.
  /// @returns keys per second
  std::size_t puts_per_second(std::size_t count, std::size_t at_once,
                              bool durable) {
    stopwatch watch;
    auto ask = [&](std::size_t key) {
      return self->request(map, caf::infinite, put(key, durable));
    };
    std::deque<decltype(ask(0))> open;
    for (std::size_t i = 0; i < count || !open.empty(); ++i) {
      if (i < count)
        open.push_back(ask(i));
      if (i + 1 < at_once && i + 1 < count)
        continue;
      open.front().receive([](const snapshot<lww_map>&) {},
                           [](const caf::error& why) { BOOST_TEST(!why); });
      open.pop_front();
    }
    return watch.per_second(count);
  }

  lean_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  scratch_folder folder;
  std::string file = folder.path("map");
  router_actor router;
  store map;
};

/// Writes a file that holds a map of `keys` entries and `changes` later changes
/// to that map, each change in a row of its own.
void write_file(const std::string& file, std::size_t keys,
                std::size_t changes) {
  const auto now = std::chrono::system_clock::now();
  lww_map all;
  std::vector<payload> rows;
  for (std::size_t i = 0; i < keys; ++i)
    all.merge(*put(i, false).change(all));
  const auto storage = make_sqlite_storage(file);
  BOOST_TEST(!storage->load(std::string{lww_map::stored_as},
                            [](byte_view, wall_time) { return caf::error{}; }));
  BOOST_TEST(!storage->replace(all.encode(), now, true));
  for (std::size_t i = 0; i < changes; ++i) {
    auto change = *put(i * 7919 % keys, false).change(all);
    for (auto& x : change.encode())
      rows.push_back(std::move(x));
    all.merge(change);
  }
  BOOST_TEST(!storage->append(rows, now, true));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(storage_speed_tests, speed)

BOOST_AUTO_TEST_CASE(a_million_keys_are_loaded_within_seconds) {
  constexpr std::size_t keys = 1'000'000;
  write_file(file, keys, 0);
  stopwatch watch;
  start();
  const auto alone = watch.passed();
  BOOST_TEST(size() == keys);
  BOOST_TEST((sanitized || alone < seconds{15}));
  std::cout << "figure: start with 1,000,000 stored keys: " << alone.count()
            << " ms" << std::endl;
}

BOOST_AUTO_TEST_CASE(
  a_million_keys_and_their_changes_are_loaded_within_seconds) {
  constexpr std::size_t keys = 1'000'000;
  write_file(file, keys, 600'000);
  stopwatch watch;
  start();
  const auto changed = watch.passed();
  BOOST_TEST(size() == keys);
  BOOST_TEST((sanitized || changed < seconds{15}));
  std::cout << "figure: start with 1,000,000 stored keys and 600,000 changes, "
               "each written alone: "
            << changed.count() << " ms" << std::endl;
}

BOOST_AUTO_TEST_CASE(puts_are_stored_at_a_good_rate) {
  start();
  std::cout << "figure: puts into a stored map: "
            << puts_per_second(100'000, 1000, false)
            << " per second; durable, 1000 at the same time: "
            << puts_per_second(100'000, 1000, true)
            << " per second; durable, one after the other: "
            << puts_per_second(500, 1, true) << " per second" << std::endl;
}

BOOST_AUTO_TEST_SUITE_END()
