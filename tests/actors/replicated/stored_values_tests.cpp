#include <cafmesh/replicated.hpp>

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/replicated/stored.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of replicated values that are stored. The storage is in memory here.
BOOST_FIXTURE_TEST_SUITE(stored_values_tests, stored)

// -- loading and storing

BOOST_AUTO_TEST_CASE(a_value_outlives_its_last_replica) {
  add('a');
  auto a = stored_on<lww_map>('a');
  put(a, "k", "v");
  erase(a, "k");
  put(a, "l", "w");
  at('a').stop();
  BOOST_TEST(disk->closed == 1u);
  add('b');
  auto b = stored_on<lww_map>('b');
  BOOST_TEST(get(b, "l") == "w");
  BOOST_TEST(map(b)->tombstones() == 1u);
  put(b, "l", "x"); // gets a greater clock than the stored ones
  BOOST_TEST(map(b)->find("l")->clock == 4u);
}

BOOST_AUTO_TEST_CASE(changes_of_other_peers_are_stored) {
  build("ab");
  auto a = stored_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  put(b, "k", "v");
  run();
  at('a').stop();
  at('b').stop();
  add('c');
  BOOST_TEST(get(stored_on<lww_map>('c'), "k") == "v");
}

BOOST_AUTO_TEST_CASE(every_kind_of_value_can_be_stored) {
  add('a');
  auto a = stored_on<observed_remove_set>('a');
  for (auto word : {"x", "y"})
    change<observed_remove_set>(a, [=](const observed_remove_set& x) {
      return x.add(word, peer_uid{1});
    });
  change<observed_remove_set>(
    a, [](const observed_remove_set& x) { return x.remove("x"); });
  at('a').stop();
  add('b');
  auto b = stored_on<observed_remove_set>('b');
  auto found =
    *ask<snapshot<observed_remove_set>>(b, get_value<observed_remove_set>{})
       .value;
  BOOST_TEST(found->contains("y"));
  BOOST_TEST(found->size() == 1u);
  BOOST_TEST(disk->loaded_type == "observed_remove_set 1");
}

BOOST_AUTO_TEST_CASE(a_counter_counts_on_from_its_stored_number) {
  add('a');
  auto a = stored_on<grow_counter>('a');
  increment(a, 'a');
  increment(a, 'a');
  at('a').stop();
  add('b');
  auto b = stored_on<grow_counter>('b');
  increment(b, 'a');
  BOOST_TEST(count(b) == 3);
}

BOOST_AUTO_TEST_CASE(the_initial_value_is_stored_too) {
  add('a');
  stored_on('a', *grow_counter{}.increment(at('a').name(), 7));
  run();
  at('a').stop();
  add('b');
  BOOST_TEST(count(stored_on<grow_counter>('b')) == 7);
}

BOOST_AUTO_TEST_CASE(requests_wait_until_the_value_is_loaded) {
  add('a');
  put(stored_on<lww_map>('a'), "k", "v");
  at('a').stop();
  add('b');
  auto b = stored_on<lww_map>('b');
  caf::anon_send(b, put_order("k", "new", false));
  auto changed = watch_changes(b);
  BOOST_TEST(changed->news(0) == "k=new ");
  BOOST_TEST(map(b)->find("k")->clock == 2u);
}

//   b --- c       b loads the value that a stored
BOOST_AUTO_TEST_CASE(a_loaded_value_is_sent_to_peers) {
  add('a');
  put(stored_on<lww_map>('a'), "k", "v");
  at('a').stop();
  build("bc");
  auto c = value_on<lww_map>('c');
  auto b = stored_on<lww_map>('b');
  run();
  BOOST_TEST(get(c, "k") == "v");
}

BOOST_AUTO_TEST_CASE(a_value_without_storage_says_so) {
  add('a');
  auto a = value_on<lww_map>('a');
  BOOST_TEST((status(a).is == storage_status::condition::none));
  BOOST_TEST(is(put_durably(a, "k").why, errc::bad_setting));
  BOOST_TEST(get(a, "k") == "-");
}

// -- ages of tombstones

BOOST_AUTO_TEST_CASE(tombstones_age_while_their_node_is_down) {
  add('a');
  auto a = stored_on('a', lww_map{minutes{10}});
  put(a, "k", "v");
  erase(a, "k");
  at('a').stop();
  disk->age(minutes{9});
  add('b');
  auto b = stored_on('b', lww_map{minutes{10}});
  BOOST_TEST(map(b)->tombstones() == 1u);
  run_for(minutes{2});
  BOOST_TEST(map(b)->tombstones() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_stored_tombstone_deletes_does_not_come_back) {
  add('a');
  auto a = stored_on('a', lww_map{minutes{10}});
  put(a, "k", "v");
  erase(a, "k");
  at('a').stop();
  disk->age(std::chrono::hours{24 * 365 * 20}); // longer than any uptime
  add('b');
  auto b = stored_on('b', lww_map{minutes{10}});
  BOOST_TEST(map(b)->entries().empty());
}

BOOST_AUTO_TEST_CASE(times_after_the_present_are_no_age) {
  add('a');
  auto a = stored_on('a', lww_map{minutes{10}});
  put(a, "k", "v");
  erase(a, "k");
  at('a').stop();
  disk->age(-std::chrono::hours{24 * 365});
  add('b');
  auto b = stored_on('b', lww_map{minutes{10}});
  BOOST_TEST(map(b)->tombstones() == 1u);
  run_for(minutes{11});
  BOOST_TEST(map(b)->tombstones() == 0u);
}

// -- writing

BOOST_AUTO_TEST_CASE(updates_that_wait_together_are_written_together) {
  add('a');
  auto a = stored_on<lww_map>('a');
  run();
  const auto before = disk->appended;
  for (auto key : {"k", "l", "m"})
    caf::anon_send(a, put_order(key, "v", false));
  run();
  BOOST_TEST(disk->appended == before + 1);
  BOOST_TEST(disk->durably == 0u);
}

BOOST_AUTO_TEST_CASE(a_durable_update_is_written_before_its_answer) {
  add('a');
  auto a = stored_on<lww_map>('a');
  auto done = put_durably(a, "k");
  BOOST_TEST_REQUIRE(done.value.has_value());
  BOOST_TEST((*done.value)->find("k"));
  BOOST_TEST(disk->durably == 1u);
  BOOST_TEST_REQUIRE(disk->changes.size() == 1u);
  put(a, "l", "v");
  BOOST_TEST(disk->durably == 1u);
}

BOOST_AUTO_TEST_CASE(a_durable_update_without_news_covers_earlier_ones) {
  add('a');
  auto a = stored_on<lww_map>('a');
  put(a, "k", "v");
  auto done = ask<snapshot<lww_map>>(
    a, update<lww_map>{[](const lww_map&) { return lww_map{}; }, true});
  BOOST_TEST(done.value.has_value());
  BOOST_TEST(disk->durably == 1u);
}

BOOST_AUTO_TEST_CASE(with_the_option_all_updates_are_durable) {
  add('a');
  auto a = stored_on('a', lww_map{}, true);
  put(a, "k", "v");
  BOOST_TEST(disk->durably == 1u);
}

BOOST_AUTO_TEST_CASE(changes_are_replaced_by_the_value_before_they_outgrow_it) {
  add('a');
  auto a = stored_on<lww_map>('a');
  std::uint64_t most = 0;
  for (int i = 0; i < 100; ++i) {
    put(a, "k", std::string(200'000, static_cast<char>('a' + i % 26)));
    most = std::max(most, disk->bytes_of_whole() + disk->bytes_of_changes());
  }
  BOOST_TEST(most < 2'000'000u);
  BOOST_TEST(disk->replaced > 10u);
  BOOST_TEST(disk->replaced < 25u);
  at('a').stop();
  add('b');
  BOOST_TEST(get(stored_on<lww_map>('b'), "k") == std::string(200'000, 'v'));
}

BOOST_AUTO_TEST_CASE(a_change_is_written_though_the_node_stops_at_once) {
  add('a');
  auto a = stored_on<lww_map>('a');
  run();
  caf::anon_send(a, put_order("k", "v", false));
  caf::anon_send_exit(a, caf::exit_reason::kill);
  run();
  BOOST_TEST(disk->changes.size() == 1u);
  BOOST_TEST(disk->closed == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
