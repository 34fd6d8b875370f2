#include <cafmesh/lww_map.hpp>

#include <boost/test/unit_test.hpp>

#include "messages/wire/gob.hpp"
#include "tests/actors/core/crdt/lww_replica.hpp"
#include "tests/actors/core/crdt/replica_laws.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using namespace std::chrono_literals;

// Tests of a map that receives entries with forged clocks. Such entries must
// not keep honest peers from writing.
namespace {

using replica = lww_replica;

/// Makes an entry as a dishonest member could forge it: with any clock, and in
/// the name of another owner (ff:ff:ff:ff:ff:ff).
bytes forged(std::string_view key, std::uint64_t clock,
             std::string_view value = "forged") {
  bytes result{lww_map_format, 0};
  wire::append_gob_run(result, view(key));
  wire::append_gob_uint(result, clock);
  wire::append_gob_run(result, hex("ffffffffffff"));
  wire::append_gob_run(result, view(value));
  return result;
}

std::uint64_t limit_at(wall_time date) {
  return reachable(date, lww_map::max_writes_per_second);
}

/// Like `lww_kind`, but a third of the changes are forged, with clocks below
/// and above the highest clock that replicas accept.
struct forging_kind : lww_kind {
  static lww_map change(std::mt19937& rng, const lww_map& from,
                        std::size_t who) {
    if (rng() % 3 != 0)
      return lww_kind::change(rng, from, who);
    std::string key(1, static_cast<char>('a' + rng() % 6));
    // The lowest forged clock is far enough below the limit that an honest
    // writer can use a higher clock.
    const std::uint64_t clocks[] = {limit_at(earliest_wall_time) - 100'000,
                                    limit_at(earliest_wall_time) + 1,
                                    INT64_MAX};
    auto message = forged(key, clocks[rng() % 3], std::to_string(rng() % 5));
    return *from.decode(message);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(lww_map_forged_clocks_tests)

BOOST_AUTO_TEST_SUITE(among_members_that_forge_clocks)
CAFMESH_REPLICA_LAWS(forging_kind)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_clock_that_nobody_can_have_reached_is_ignored) {
  replica a{1};
  for (auto clock : {limit_at(today) + 1, std::uint64_t{INT64_MAX}})
    a.hear(forged("k", clock));
  BOOST_TEST(a.map.entries().empty());
  a.put("k", "v");
  BOOST_TEST(a.map.find("k")->clock == 1u);
}

BOOST_AUTO_TEST_CASE(ignored_entries_still_have_to_be_in_order) {
  auto message = forged("k", INT64_MAX);
  auto second = forged("a", 1);
  message.insert(message.end(), second.begin() + 1, second.end());
  BOOST_TEST(is(lww_map{}.decode(message).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(the_greatest_clock_accepted_keeps_nobody_from_writing) {
  replica a{1}, b{2};
  auto next_second = [&, seconds = 0s]() mutable {
    ++seconds;
    for (auto x : {&a, &b})
      x->map.set_date(today + seconds);
    return limit_at(today + seconds);
  };
  auto limit = limit_at(today);
  for (int i = 0; i < 10; ++i) {
    for (auto x : {&a, &b})
      x->hear(forged("k", limit));
    BOOST_TEST(a.get("k") == "forged");
    // This write must work at `a` within the same second. In the next second,
    // all replicas must accept it.
    a.put("k", "honest");
    BOOST_TEST(a.get("k") == "honest");
    limit = next_second();
    b.hear(a);
    BOOST_TEST(b.get("k") == "honest");
    b.erase("k");
    a.hear(b);
    BOOST_TEST(a.get("k") == "-");
  }
}

BOOST_AUTO_TEST_CASE(an_empty_replica_accepts_a_map_of_any_honest_age) {
  replica a{1}, b{2};
  a.hear(forged("k", limit_at(today) - 1'000'000, "old map"));
  b.hear(a);
  BOOST_TEST(b.get("k") == "old map");
}

BOOST_AUTO_TEST_CASE(a_map_whose_date_was_ahead_recovers_once_it_is_right) {
  replica a{1}, b{2};
  a.put("other", "v");
  a.map.set_date(today + 24h * 365);
  a.hear(forged("k", limit_at(today + 24h * 365)));
  a.put("l", "too late");
  BOOST_TEST(a.map.size() == 3u);
  a.map.set_date(today);
  BOOST_TEST(a.map.size() == 1u);
  a.put("k", "v");
  b.hear(a);
  BOOST_TEST(b.get("k") == "v");
  BOOST_TEST(b.get("other") == "v");
}

BOOST_AUTO_TEST_CASE(without_forged_clocks_a_wrong_date_does_no_harm) {
  replica a{1}, b{2};
  a.map.set_date(wall_time{});
  b.map.set_date(today + 24h * 3650);
  for (int i = 0; i < 1000; ++i) {
    a.put("k", std::to_string(i));
    b.hear(a);
    b.erase("k");
    a.hear(b);
  }
  a.put("k", "v");
  a.map.set_date(today);
  b.map.set_date(wall_time{});
  b.hear(a);
  BOOST_TEST(b.get("k") == "v");
}

BOOST_AUTO_TEST_CASE(clocks_up_to_a_second_ahead_stay_when_the_date_is_set) {
  replica a{1};
  a.map.set_date(today + 2s);
  a.hear(forged("kept", limit_at(today + 1s)));
  a.hear(forged("too late", limit_at(today + 1s) + 1));
  a.map.set_date(today);
  BOOST_TEST(a.get("kept") == "forged");
  BOOST_TEST(a.get("too late") == "-");
}

BOOST_AUTO_TEST_CASE(a_clock_at_the_limit_counts_even_without_its_entry) {
  replica a{1};
  a.map.set_date(today + 1s);
  const auto limit = limit_at(today + 1s);
  a.hear(forged("k", limit - 1));
  a.erase("k");
  a.at(1s);
  // Replica `b` keeps no tombstones, so it drops the deletion.
  replica b{2, 0s};
  b.map.merge(a.map);
  BOOST_TEST(b.map.entries().empty());
  b.map.set_date(today);
  BOOST_TEST(b.map.put("l", view("v"), b.who)->find("l")->clock == limit + 1);
}

BOOST_AUTO_TEST_SUITE_END()
