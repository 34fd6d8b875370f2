#include <cafmesh/replicated.hpp>

#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/replicated/stores.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of replicated values on several nodes.
BOOST_FIXTURE_TEST_SUITE(replicated_tests, stores)

BOOST_AUTO_TEST_CASE(all_nodes_of_a_line_count_together) {
  build("ab bc");
  auto a = value_on<grow_counter>('a');
  auto b = value_on<grow_counter>('b');
  auto c = value_on<grow_counter>('c');
  increment(a, 'a');
  increment(c, 'c');
  increment(c, 'c');
  run();
  BOOST_TEST(count(a) == 3);
  BOOST_TEST(count(b) == 3);
  BOOST_TEST(count(c) == 3);
}

//   a --- b --- c       b has no value: it relays
BOOST_AUTO_TEST_CASE(values_merge_through_a_node_that_has_none) {
  build("ab bc");
  auto a = value_on<lww_map>('a');
  auto c = value_on<lww_map>('c');
  put(a, "k", "v");
  run();
  BOOST_TEST(get(c, "k") == "v");
}

//   a --- b       then c
BOOST_AUTO_TEST_CASE(a_node_that_connects_later_gets_the_whole_value) {
  build("ab");
  auto a = value_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  put(a, "k", "v");
  put(b, "l", "w");
  add('c');
  auto c = value_on<lww_map>('c');
  at('c').connect_to(at('a'));
  settle();
  BOOST_TEST((*map(c) == *map(a)));
  BOOST_TEST(get(c, "l") == "w");
}

BOOST_AUTO_TEST_CASE(
  a_value_that_joins_a_running_mesh_gets_everything_at_once) {
  build("ab");
  auto a = value_on<lww_map>('a');
  put(a, "k", "v");
  run();
  auto b = value_on<lww_map>('b');
  run();
  BOOST_TEST(get(b, "k") == "v");
}

//   a --- b --- c       b has no value: it relays
BOOST_AUTO_TEST_CASE(a_value_that_joins_asks_distant_peers) {
  build("ab bc");
  auto a = value_on<grow_counter>('a');
  increment(a, 'a');
  run();
  auto c = value_on<grow_counter>('c');
  run();
  BOOST_TEST(count(c) == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_keeps_asking_gets_one_answer_at_a_time) {
  build("ab");
  at('a').join("value");
  auto b = value_on<lww_map>('b');
  put(b, "k", "v");
  at('a').recorded("value").unicasts.clear(); // forgets b's request
  caf::anon_send(at('a').channel("value"),
                 unicasts{{50, unicast{at('b').name(), {}}}});
  run();
  BOOST_TEST(at('a').recorded("value").unicasts.size() == 1u);
  at('a').unicast("value", at('b'), "");
  run();
  BOOST_TEST(at('a').recorded("value").unicasts.size() == 2u);
}

//   a --x-- b
BOOST_AUTO_TEST_CASE(both_sides_of_a_partition_agree_after_it_ends) {
  build("ab");
  auto a = value_on<observed_remove_set>('a');
  auto b = value_on<observed_remove_set>('b');
  auto add_text = [&](const auto& whom, std::string text, std::uint64_t uid) {
    change<observed_remove_set>(whom, [=](const observed_remove_set& x) {
      return x.add(text, peer_uid{uid});
    });
  };
  add_text(a, "both", 1);
  net().cut(at('a').host(), at('b').host());
  net().unplug(at('a').host(), at('b').host());
  run();
  add_text(a, "a alone", 1);
  change<observed_remove_set>(
    b, [](const observed_remove_set& x) { return x.remove("both"); });
  net().plug(at('a').host(), at('b').host());
  run_for(minutes{10});
  for (const auto& x : {a, b}) {
    auto value =
      *ask<snapshot<observed_remove_set>>(x, get_value<observed_remove_set>{})
         .value;
    BOOST_TEST(value->size() == 1u);
    BOOST_TEST(value->contains("a alone"));
  }
}

BOOST_AUTO_TEST_CASE(the_initial_value_is_sent_once_the_channel_is_joined) {
  build("ab");
  auto b = value_on<grow_counter>('b');
  auto a =
    value_on<grow_counter>('a', *grow_counter{}.increment(at('a').name(), 7));
  run();
  BOOST_TEST(count(b) == 7);
}

// -- update and snapshots

BOOST_AUTO_TEST_CASE(an_update_is_answered_with_the_new_value) {
  add('a');
  auto a = value_on<grow_counter>('a');
  auto done = change<grow_counter>(a, [](const grow_counter& x) {
    return x.increment(peer_name::from_number(1), 5);
  });
  BOOST_TEST_REQUIRE(done.value.has_value());
  BOOST_TEST((*done.value)->value() == 5);
}

BOOST_AUTO_TEST_CASE(a_change_that_fails_changes_nothing) {
  add('a');
  auto a = value_on<lww_map>('a');
  auto changed = watch_changes(a);
  auto done = change<lww_map>(a, [](const lww_map& x) {
    return x.put(std::string(5000, 'k'), {}, peer_name::from_number(1));
  });
  BOOST_TEST(is(done.why, errc::too_large));
  BOOST_TEST(is(change<lww_map>(a, nullptr).why, errc::bad_setting));
  BOOST_TEST(map(a)->entries().empty());
  BOOST_TEST(changed->told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_snapshot_never_changes) {
  add('a');
  auto a = value_on<lww_map>('a');
  put(a, "k", "old");
  auto before = map(a);
  put(a, "k", "new");
  BOOST_TEST((before->find("k")->value.view() == view("old")));
  BOOST_TEST(get(a, "k") == "new");
}

BOOST_AUTO_TEST_CASE(a_value_without_snapshots_is_not_copied) {
  copy_on_write<std::vector<int>> x{{1, 2, 3}};
  auto place = (*x).data();
  x.lend();
  BOOST_TEST(x.writable().data() == place);
  auto held = x.lend();
  BOOST_TEST(x.writable().data() != place);
  BOOST_TEST(held->data() == place);
}

BOOST_AUTO_TEST_CASE(updates_that_wait_together_are_one_broadcast) {
  build("ab");
  auto a = value_on<lww_map>('a');
  at('b').join("value");
  for (auto key : {"k", "l", "m"})
    caf::anon_send(a, update<lww_map>{[=](const lww_map& x) {
                     return x.put(key, view("v"), peer_name::from_number(1));
                   }});
  run();
  const auto& heard = at('b').recorded("value").broadcasts;
  BOOST_TEST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(lww_map{}.decode(byte_view{heard[0].second})->size() == 3u);
}

// -- expiry

BOOST_AUTO_TEST_CASE(tombstones_expire) {
  build("ab");
  auto a = value_on('a', lww_map{minutes{10}});
  auto b = value_on('b', lww_map{minutes{10}});
  put(a, "k", "v");
  erase(b, "k");
  run();
  BOOST_TEST(map(a)->tombstones() == 1u);
  run_for(minutes{9});
  BOOST_TEST(map(a)->tombstones() == 1u);
  run_for(minutes{2});
  BOOST_TEST(map(a)->tombstones() == 0u);
  BOOST_TEST(map(b)->tombstones() == 0u);
}

// -- the end of a value's actor

BOOST_AUTO_TEST_CASE(a_value_that_cannot_join_ends_with_the_reason) {
  add('a');
  auto a = value_on<lww_map>('a');
  auto again = spawn_replicated<lww_map>(system(), at('a').router(), "value");
  auto asked = ask<gossip_channel_actor>(again, get_channel{});
  BOOST_TEST(is(asked.why, errc::duplicate_channel));
  BOOST_TEST(!ask<snapshot<lww_map>>(again, get_value<lww_map>{}).value);
  BOOST_TEST(get(a, "k") == "-");
}

//   a --- b
BOOST_AUTO_TEST_CASE(a_node_that_stops_after_an_answer_has_told_of_the_change) {
  build("ab");
  auto a = value_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  run();
  auto client = system().spawn([a, router = at('a').router()](
                                 caf::event_based_actor* self) {
    auto change = [](const lww_map& x) {
      return x.put("k", view("v"), peer_name::from_number(1));
    };
    self->request(a, caf::infinite, update<lww_map>{change})
      .then([=](const snapshot<lww_map>&) { self->send(router, stop_mesh{}); });
  });
  run();
  BOOST_TEST(!ask<snapshot<lww_map>>(a, get_value<lww_map>{}).value);
  BOOST_TEST(get(b, "k") == "v");
}

BOOST_AUTO_TEST_CASE(a_value_ends_with_its_node) {
  add('a');
  auto a = value_on<lww_map>('a');
  at('a').stop();
  auto asked = ask<snapshot<lww_map>>(a, get_value<lww_map>{});
  BOOST_TEST(!asked.is_open);
  BOOST_TEST(!asked.value);
}

BOOST_AUTO_TEST_SUITE_END()
