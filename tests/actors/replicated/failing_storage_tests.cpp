#include <cafmesh/replicated.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/actors/replicated/stored.hpp"
#include "tests/support/heap.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of replicated values whose storage fails.
namespace {

const auto full = make_error(errc::storage_failed, "the disk is full");

} // namespace

BOOST_FIXTURE_TEST_SUITE(failing_storage_tests, stored)

BOOST_AUTO_TEST_CASE(a_storage_that_cannot_be_used_leaves_the_value_in_memory) {
  disk->unusable = make_error(errc::storage_failed, "value.db: is damaged");
  build("ab");
  auto a = stored_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  put(a, "k", "v");
  run();
  BOOST_TEST(get(b, "k") == "v");
  const auto found = status(a);
  BOOST_TEST((found.is == storage_status::condition::unusable));
  BOOST_TEST(describe(found.problem) == "storage_failed: value.db: is damaged");
  BOOST_TEST(log->count({"channel 'value'", "only in memory", "is damaged"})
             == 1u);
  BOOST_TEST(is(put_durably(a, "l").why, errc::storage_failed));
  BOOST_TEST(get(a, "l") == "v");
  BOOST_TEST(disk->appended + disk->replaced == 0u);
  BOOST_TEST(disk->closed == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_of_another_kind_makes_a_storage_unusable) {
  disk->changes.push_back({payload::copy_of(view("junk")), {}});
  add('a');
  auto a = stored_on<lww_map>('a');
  put(a, "k", "v");
  BOOST_TEST((status(a).is == storage_status::condition::unusable));
  BOOST_TEST(disk->changes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(changes_wait_while_the_disk_is_full) {
  add('a');
  auto a = stored_on<lww_map>('a');
  put(a, "k", "v");
  disk->failing = full;
  for (int i = 0; i < 100; ++i)
    put(a, "l", std::to_string(i));
  run();
  BOOST_TEST(get(a, "l") == "99");
  BOOST_TEST((status(a).is == storage_status::condition::failing));
  BOOST_TEST(status(a).is_behind);
  BOOST_TEST(log->count({"only in memory", "the disk is full"}) == 1u);
  run_for(minutes{1});
  BOOST_TEST(log->complaints() == 1u);
  BOOST_TEST(disk->appended < 20u);
  disk->failing = {};
  run_for(seconds{6});
  BOOST_TEST((status(a).is == storage_status::condition::working));
  BOOST_TEST(!status(a).is_behind);
  BOOST_TEST(log->count({"stored in shelf again"}) == 1u);
  BOOST_TEST(disk->changes.size() == 2u);
  at('a').stop();
  add('b');
  BOOST_TEST(get(stored_on<lww_map>('b'), "l") == "99");
}

// The map forgets each deletion after a second, even if the deletion has not
// been stored.
BOOST_AUTO_TEST_CASE(what_waits_for_a_disk_takes_no_more_than_the_value) {
  add('a');
  auto a = stored_on<lww_map>('a', lww_map{seconds{1}});
  put(a, "kept", "v");
  put(a, "deleted", "v");
  run();
  disk->failing = full;
  erase(a, "deleted");
  const auto before = allocated();
  churn(a, 500, milliseconds{100});
  BOOST_TEST(allocated() < before + 400'000);
  run_for(seconds{6});
  BOOST_TEST(status(a).is_behind);
  disk->failing = {};
  const auto attempts = disk->replaced;
  BOOST_TEST(put_durably(a, "late").value.has_value());
  BOOST_TEST(map(a)->tombstones() == 0u);
  BOOST_TEST(!status(a).is_behind);
  BOOST_TEST(disk->replaced == attempts + 1);
  BOOST_TEST(disk->changes.empty());
  put(a, "later", "v");
  run();
  BOOST_TEST(disk->replaced == attempts + 1);
  BOOST_TEST(disk->changes.size() == 1u);
  at('a').stop();
  add('b');
  auto b = stored_on<lww_map>('b');
  BOOST_TEST(map(b)->size() == 3u);
  BOOST_TEST(get(b, "deleted") == "-");
}

BOOST_AUTO_TEST_CASE(the_whole_value_is_written_at_the_end_if_it_waits) {
  add('a');
  auto a = stored_on<lww_map>('a', lww_map{seconds{1}});
  put(a, "deleted", "v");
  run();
  disk->failing = full;
  erase(a, "deleted");
  churn(a, 40, milliseconds{0});
  run_for(seconds{2});
  put(a, "kept", "v");
  run();
  disk->failing = {};
  at('a').stop();
  add('b');
  auto b = stored_on<lww_map>('b');
  BOOST_TEST(map(b)->size() == 1u);
  BOOST_TEST(get(b, "kept") == "v");
}

BOOST_AUTO_TEST_CASE(a_durable_update_is_told_that_the_disk_is_full) {
  add('a');
  auto a = stored_on<lww_map>('a');
  disk->failing = full;
  BOOST_TEST(is(put_durably(a, "k").why, errc::storage_failed));
  BOOST_TEST(is(put_durably(a, "l").why, errc::storage_failed));
  BOOST_TEST(get(a, "k") == "v");
  disk->failing = {};
  BOOST_TEST(put_durably(a, "m").value.has_value());
  at('a').stop();
  add('b');
  auto b = stored_on<lww_map>('b');
  BOOST_TEST(map(b)->size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_whole_value_that_does_not_fit_keeps_the_changes) {
  add('a');
  auto a = stored_on<lww_map>('a');
  for (int i = 0; i < 5; ++i)
    put(a, "k", std::string(200'000, 'x'));
  disk->failing = full;
  for (int i = 0; i < 3; ++i)
    put(a, "k", std::string(200'000, 'y'));
  run_for(minutes{5});
  disk->failing = {};
  run_for(minutes{2});
  put(a, "l", "v");
  run();
  BOOST_TEST((status(a).is == storage_status::condition::working));
  at('a').stop();
  add('b');
  auto b = stored_on<lww_map>('b');
  BOOST_TEST(get(b, "k") == std::string(200'000, 'y'));
  BOOST_TEST(get(b, "l") == "v");
}

BOOST_AUTO_TEST_SUITE_END()
