#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/crdt/lww_replica.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/lww_map.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using namespace std::chrono_literals;

using replica = lww_replica;

// Tests of maps that load their stored messages.
BOOST_AUTO_TEST_SUITE(lww_map_loading_tests)

BOOST_AUTO_TEST_CASE(what_is_loaded_in_any_order_is_what_was_encoded) {
  replica a{1}, b{2}, c{3};
  a.put("k", "old");
  a.put("l", "v");
  const auto before = a.map.encode();
  a.put("k", "new");
  a.erase("l");
  const auto after = a.map.encode();
  for (const auto& x : {before, after, before})
    BOOST_TEST(!b.map.load(x.at(0).view()));
  for (const auto& x : {after, before})
    BOOST_TEST(!c.map.load(x.at(0).view()));
  BOOST_TEST((b.map == a.map));
  BOOST_TEST((c.map == a.map));
  b.put("m", "v");
  BOOST_TEST(b.map.find("m")->clock == 5u);
}

BOOST_AUTO_TEST_CASE(loading_many_messages_does_what_merging_them_does) {
  std::mt19937 rng{11};
  replica writer{1}, loaded{2}, merged{3};
  std::vector<payload> messages;
  for (int i = 0; i < 12; ++i) {
    // Each round writes another range of keys. So the keys of a loaded message
    // may come after the keys loaded so far, or lie among them.
    for (int n = 0; n < 500; ++n) {
      const auto key = std::to_string(10'000 + rng() % 8'000 * (i % 3));
      writer.put(key, std::string(rng() % 300, 'v'));
      if (rng() % 4 == 0)
        writer.erase(std::to_string(10'000 + rng() % 8'000));
    }
    for (auto& x : writer.map.encode())
      messages.push_back(std::move(x));
  }
  BOOST_TEST(messages.size() > 30u);
  for (const auto& x : messages) {
    BOOST_TEST_REQUIRE(!loaded.map.load(x.view()));
    merged.hear(x.view());
    BOOST_TEST_REQUIRE((loaded.map == merged.map));
  }
  BOOST_TEST((loaded.map == writer.map));
  BOOST_TEST((loaded.map.encode() == writer.map.encode()));
}

BOOST_AUTO_TEST_CASE(a_loaded_tombstone_beyond_the_retention_is_dropped) {
  replica a{1};
  // The value of `a`, a tombstone of `k` that is 70 minutes old, and the value
  // of `z`.
  BOOST_TEST(!a.map.load(hex("01 00 0161 01 06000000000001 0176"
                             "01 016b 0a 06000000000001 fd401640"
                             "00 017a 02 06000000000001 0176")));
  BOOST_TEST(a.map.size() == 2u);
  BOOST_TEST(a.map.tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(tombstones_of_any_age_within_the_retention_are_loaded) {
  replica a{1};
  // The map keeps tombstones for 60 minutes. The first one here is 50 minutes
  // old, and the second one 70 minutes.
  BOOST_TEST(!a.map.load(hex("01 01 016b 09 06000000000001 fd2dc6c0")));
  BOOST_TEST(a.map.tombstones() == 1u);
  BOOST_TEST(!a.map.load(hex("01 01 016c 0a 06000000000001 fd401640")));
  BOOST_TEST(a.map.tombstones() == 1u);
  a.put("m", "v");
  BOOST_TEST(a.map.find("m")->clock == 11u);
  BOOST_TEST(is(a.map.load(hex("02")), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_loader_does_what_loading_one_by_one_does) {
  std::mt19937 rng{5};
  replica writers[] = {replica{1}, replica{2}};
  replica alone{3}, together{4};
  lww_map::loader loader{together.map};
  for (int round = 0; round < 5000; ++round) {
    // Each round loads the writer's whole map or, one time in ten, the map as
    // it was before the change. A round takes a minute, so most tombstones
    // expire before their keys are written again.
    const auto number = rng() % 2;
    auto& from = writers[number];
    const auto key = std::to_string(rng() % 300);
    const auto before = from.map.encode();
    if (rng() % 3 == 0)
      from.erase(key);
    else
      from.put(key, std::to_string(rng()));
    if (rng() % 20 == 0)
      from.hear(writers[1 - number]);
    from.at(round * 1min);
    alone.at(round * 1min);
    loader.advance(replica::start + round * 1min);
    for (const auto& x : rng() % 10 == 0 ? before : from.map.encode()) {
      BOOST_TEST_REQUIRE(!alone.map.load(x.view()));
      BOOST_TEST_REQUIRE(!loader.take(x.view()));
    }
  }
  loader.finish();
  BOOST_TEST(alone.map.size() > 100u);
  BOOST_TEST(alone.map.tombstones() > 10u);
  BOOST_TEST((together.map == alone.map));
  BOOST_TEST((together.map.encode() == alone.map.encode()));
  BOOST_TEST(is(loader.take(hex("02")), errc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
