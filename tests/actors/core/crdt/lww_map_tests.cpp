#include <cafmesh/lww_map.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/crdt/lww_replica.hpp"
#include "tests/actors/core/crdt/replica_laws.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using namespace std::chrono_literals;

namespace {

using replica = lww_replica;

// Two messages with one entry each. One is a value, with key `k`, value `v`,
// clock 1 and owner 1. The other is the tombstone of this entry, and is one
// second old.
const std::string value_message = "01 00 016b 01 06000000000001 0176";
const std::string tombstone_message = "01 01 016b 01 06000000000001 fe03e8";

} // namespace

BOOST_AUTO_TEST_SUITE(lww_map_tests)

CAFMESH_REPLICA_LAWS(lww_kind)

BOOST_AUTO_TEST_CASE(the_last_writer_wins) {
  replica a{1}, b{2};
  a.put("k", "first");
  b.hear(a);
  b.put("k", "second");
  a.hear(b);
  BOOST_TEST(a.get("k") == "second");
  a.put("k", "third");
  b.hear(a);
  BOOST_TEST(b.get("k") == "third");
}

BOOST_AUTO_TEST_CASE(of_two_concurrent_writes_the_higher_owner_wins) {
  replica a{1}, b{2};
  a.put("k", "z");
  b.put("k", "a");
  a.hear(b);
  b.hear(a);
  BOOST_TEST(a.get("k") == "a");
  BOOST_TEST(b.get("k") == "a");
}

BOOST_AUTO_TEST_CASE(with_equal_owner_and_clock_the_greater_value_wins) {
  replica small{1}, great{1};
  small.put("k", "1");
  great.put("k", "2");
  BOOST_TEST(!great.map.merge(small.map));
  small.hear(great);
  BOOST_TEST(small.get("k") == "2");
}

BOOST_AUTO_TEST_CASE(with_equal_owner_and_clock_the_deletion_wins) {
  replica value{1}, gone{1};
  value.put("k", "v");
  gone.map.merge(*lww_map{}.decode(hex(tombstone_message)));
  gone.hear(value);
  BOOST_TEST(gone.get("k") == "-");
  value.hear(gone);
  BOOST_TEST(value.get("k") == "-");
}

BOOST_AUTO_TEST_CASE(with_equal_clock_the_owner_counts_before_the_deletion) {
  // Both replicas begin with the same value, whose clock is 1. One peer deletes
  // it while the other replaces it. Each peer gets a turn as the deleter.
  for (auto deleter : {1u, 2u}) {
    replica erases{deleter}, writes{3 - deleter};
    erases.put("k", "old");
    writes.hear(erases);
    erases.erase("k");
    writes.put("k", "new");
    auto both = erases;
    both.hear(writes);
    writes.hear(erases);
    auto winner = deleter == 2 ? "-" : "new";
    BOOST_TEST(both.get("k") == winner);
    BOOST_TEST(writes.get("k") == winner);
  }
}

BOOST_AUTO_TEST_CASE(a_new_clock_exceeds_those_of_entries_that_were_refused) {
  replica a{1};
  // This tombstone has clock 9. It is an hour old, so it is not kept.
  a.hear(hex("01 01 016b 09 06000000000001 fd36ee80"));
  BOOST_TEST(a.map.entries().empty());
  a.put("other", "v");
  BOOST_TEST(a.map.find("other")->clock == 10u);
}

BOOST_AUTO_TEST_CASE(a_deleted_key_is_gone_and_can_be_set_again) {
  replica a{1};
  a.put("k", "v");
  a.put("other", "v");
  a.erase("k");
  BOOST_TEST(a.get("k") == "-");
  BOOST_TEST(a.map.size() == 1u);
  BOOST_TEST(a.map.tombstones() == 1u);
  a.put("k", "again");
  BOOST_TEST(a.get("k") == "again");
  BOOST_TEST(a.map.size() == 2u);
  BOOST_TEST(a.map.tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(deleting_an_absent_key_changes_nothing) {
  replica a{1};
  a.erase("k");
  BOOST_TEST(a.map.entries().empty());
}

BOOST_AUTO_TEST_CASE(a_deletion_may_arrive_before_the_value) {
  replica a{1}, b{2};
  auto value = a.put("k", "v");
  b.map.merge(a.erase("k"));
  b.map.merge(value);
  BOOST_TEST(b.get("k") == "-");
}

// -- tombstones

BOOST_AUTO_TEST_CASE(a_tombstone_is_dropped_after_the_retention) {
  replica a{1};
  a.put("k", "v");
  a.erase("k");
  a.at(1h);
  BOOST_TEST(a.map.tombstones() == 1u);
  a.at(1h + 1ms);
  BOOST_TEST(a.map.entries().empty());
}

BOOST_AUTO_TEST_CASE(a_tombstone_keeps_its_age_in_a_message) {
  replica a{1}, b{2};
  a.put("k", "v");
  a.erase("k");
  a.at(40min);
  b.hear(a);
  b.at(20min);
  BOOST_TEST(b.map.tombstones() == 1u);
  b.at(21min);
  BOOST_TEST(b.map.tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(of_two_ages_the_greater_counts_and_is_not_news) {
  replica a{1}, b{2};
  a.put("k", "v");
  auto deletion = a.erase("k");
  a.at(40min);
  BOOST_TEST(!a.map.merge(deletion));
  b.map.merge(deletion);
  BOOST_TEST(!b.map.merge(a.map));
  b.at(21min);
  BOOST_TEST(b.map.tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(an_expired_tombstone_is_not_adopted) {
  replica a{1};
  // This tombstone is 61 minutes old, and the map keeps tombstones for 60.
  auto old = lww_map{}.decode(hex("01 01 016b 01 06000000000001 fd37d8e0"));
  BOOST_REQUIRE(old);
  BOOST_TEST(!a.map.merge(*old));
  BOOST_TEST(a.map.entries().empty());
}

BOOST_AUTO_TEST_CASE(an_old_tombstone_is_adopted_only_where_a_value_is) {
  replica a{1}, has_value{2}, has_nothing{3};
  a.put("k", "v");
  has_value.hear(a);
  a.erase("k");
  a.at(45min);
  has_nothing.hear(a);
  BOOST_TEST(has_nothing.map.tombstones() == 1u);
  a.at(45min + 1ms);
  replica late{4};
  late.hear(a);
  has_value.hear(a);
  BOOST_TEST(late.map.tombstones() == 0u);
  BOOST_TEST(has_value.map.tombstones() == 1u);
}

BOOST_AUTO_TEST_CASE(ages_are_rounded_up) {
  replica a{1};
  a.put("k", "v");
  a.erase("k");
  a.at(999ms + 1us);
  auto deletion = *a.map.decode(a.map.encode()[0].view());
  BOOST_TEST((deletion.entries().find("k")->deleted_at == instant{} - 1s));
}

BOOST_AUTO_TEST_CASE(an_absence_shorter_than_the_retention_is_harmless) {
  replica a{1}, away{2};
  a.put("k", "v");
  away.hear(a);
  a.erase("k");
  a.at(59min);
  away.at(59min);
  a.hear(away);
  away.hear(a);
  BOOST_TEST(a.get("k") == "-");
  BOOST_TEST(away.get("k") == "-");
}

BOOST_AUTO_TEST_CASE(a_longer_absence_brings_back_what_was_deleted) {
  replica a{1}, away{2};
  a.put("k", "v");
  away.hear(a);
  a.erase("k");
  a.at(61min);
  a.hear(away);
  BOOST_TEST(a.get("k") == "v");
}

BOOST_AUTO_TEST_CASE(the_first_advance_starts_the_time) {
  lww_map x{1h};
  x.merge(*lww_map{}.decode(hex(tombstone_message)));
  x.advance(instant{} + 100h);
  x.advance(instant{} + 100h + 59min);
  BOOST_TEST(x.tombstones() == 1u);
  x.advance(instant{} + 101h);
  BOOST_TEST(x.tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(a_step_back_in_time_is_ignored) {
  replica a{1};
  a.put("k", "v");
  a.at(2h);
  a.erase("k");
  a.at(0h);
  a.at(3h);
  BOOST_TEST(a.map.tombstones() == 1u);
}

// -- limits and bytes

BOOST_AUTO_TEST_CASE(keys_and_values_have_limits) {
  lww_map x;
  std::string key(lww_map::max_key_size, 'k');
  bytes value(lww_map::max_value_size);
  BOOST_TEST(bool(x.put(key, value, peer(1))));
  value.push_back(0);
  BOOST_TEST(is(x.put(key, value, peer(1)).error(), errc::too_large));
  key.push_back('k');
  BOOST_TEST(is(x.put(key, {}, peer(1)).error(), errc::too_large));
  BOOST_TEST(is(x.put("k", {}, {}).error(), errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(the_encoding_is_as_documented) {
  replica a{1};
  a.put("k", "v");
  BOOST_TEST(to_hex(a.map.encode()[0].view()) == to_hex(hex(value_message)));
  lww_map gone;
  gone.merge(*lww_map{}.decode(hex(tombstone_message)));
  BOOST_TEST(to_hex(gone.encode()[0].view()) == to_hex(hex(tombstone_message)));
}

BOOST_AUTO_TEST_CASE(other_bytes_are_malformed) {
  for (auto text : {"", "00", "02 00 016b 01 06000000000001 0176",
                    "01 02 016b 01 06000000000001 0176", // an unknown kind
                    "01 00 016b 00 06000000000001 0176", // a clock of 0
                    "01 00 016b f8ffffffffffffffff 06000000000001 0176",
                    "01 00 016b 01 06000000000000 0176", // an unknown owner
                    "01 00 016b 01 050000000001 0176",
                    "01 01 016b 01 06000000000001 f8ffffffffffffffff",
                    // keys that do not ascend
                    "01 00 016b 01 06000000000001 0176"
                    "00 016b 01 06000000000001 0176",
                    "01 00 016b 01 06000000000001 0176"
                    "00 0161 01 06000000000001 0176"})
    BOOST_TEST(is(lww_map{}.decode(hex(text)).error(), errc::malformed), text);
}

BOOST_AUTO_TEST_CASE(oversized_input_is_refused) {
  bytes long_key{1, 0};
  long_key.insert(long_key.end(), {0xfe, 0x10, 0x01}); // a key of 4,097 bytes
  long_key.insert(long_key.end(), lww_map::max_key_size + 1, 'k');
  auto rest = hex("01 06000000000001 0176");
  long_key.insert(long_key.end(), rest.begin(), rest.end());
  BOOST_TEST(is(lww_map{}.decode(long_key).error(), errc::too_large));
  BOOST_TEST(
    is(lww_map{}.decode(bytes(3 * 1024 * 1024)).error(), errc::too_large));
}

BOOST_AUTO_TEST_CASE(large_maps_need_several_messages) {
  replica a{1}, b{2};
  bytes value(lww_map::max_value_size, 7);
  for (int i = 0; i < 5; ++i)
    a.map.merge(*a.map.put("large" + std::to_string(i), value, a.who));
  for (int i = 0; i < 20'000; ++i)
    a.put("small" + std::to_string(i), "some text that is not too short");
  for (const auto& message : a.map.encode())
    BOOST_TEST(message.size() < 2u * 1024 * 1024);
  BOOST_TEST(a.map.encode().size() > 5u);
  b.hear(a);
  BOOST_TEST((a.map == b.map));
}

BOOST_AUTO_TEST_CASE(names_of_both_flavours_own_entries) {
  auto hash_peer = *peer_name::from_bytes(
    bytes(name_size(name_flavour::hash), 1), name_flavour::hash);
  lww_map x;
  x.merge(*x.put("k", view("v"), hash_peer));
  auto y = *lww_map{}.decode(x.encode()[0].view());
  BOOST_TEST((y.find("k")->owner == hash_peer));
}

BOOST_AUTO_TEST_SUITE_END()
