#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/single_model.hpp"
#include <cafmesh/errc.hpp>

// Tests of how a directory announces its own names, replaces forged versions of
// them, and learns of other peers.
using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct publishing : single_model {
  void publish(const std::string& name) {
    BOOST_TEST(!model.publish(name, entry_of(1)));
  }
  void flush() {
    model.flush(now);
    effects = model.take_effects();
  }
  // Sends a header that another peer has forged for our own names.
  void forge(std::uint64_t version) {
    BOOST_TEST(!headers({{us, version, "n9", 3, {UINT64_MAX, version}}}));
  }
};

bool homes_have_changed(const directory_effects& x) {
  return !x.homes.came.empty() || !x.homes.gone.empty();
}

entry entry_with(std::size_t text) {
  return entry_of(1, {std::string(text, 's')});
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_publishing_tests, publishing)

BOOST_AUTO_TEST_CASE(each_flush_announces_one_version_with_its_changes) {
  flush();
  BOOST_TEST(broadcasts().empty());
  publish("a");
  BOOST_TEST(model.has_edits());
  BOOST_TEST(model.published("a")->actor == 1u);
  BOOST_TEST(!model.published("b"));
  flush();
  auto xs = broadcasts();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0].head == own_head()));
  BOOST_TEST(xs[0].head.version == 1u);
  BOOST_TEST(xs[0].base == 0u);
  BOOST_TEST_REQUIRE(xs[0].changes.size() == 1u);
  BOOST_TEST(xs[0].changes[0].name == "a");
  BOOST_TEST(effects.changes.size() == 1u);
  publish("b");
  model.unpublish("a");
  flush();
  xs = broadcasts();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].head.version == 2u);
  BOOST_TEST(xs[0].base == 1u);
  BOOST_TEST_REQUIRE(xs[0].changes.size() == 2u);
  BOOST_TEST(!xs[0].changes[0].now);
  BOOST_TEST(xs[0].changes[1].now.has_value());
  model.unpublish("a"); // this name is not published
  BOOST_TEST(!model.has_edits());
  flush();
  BOOST_TEST(broadcasts().empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_into_a_message_is_announced) {
  for (int i = 0; i < 5000; ++i)
    publish("some name " + std::to_string(i));
  flush();
  const auto xs = broadcasts();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].head.count == 5000u);
  BOOST_TEST(xs[0].base == 1u);
  BOOST_TEST((xs[0].changes.empty() && !xs[0].more));
}

BOOST_AUTO_TEST_CASE(names_are_published_up_to_16_mib_exactly) {
  int count = 0;
  auto rest = [&] {
    return max_document - docs().find(us)->entries().summary().bytes;
  };
  const auto one = entry_summary::digest_of("1000", entry_with(7000)).bytes;
  while (rest() > one + 1000)
    BOOST_TEST_REQUIRE(
      !model.publish(std::to_string(1000 + count++), entry_with(7000)));
  const auto fits = entry_with(7000 - (one - rest()));
  const auto exceeds = entry_with(7000 - (one - rest()) + 1);
  BOOST_TEST(is(model.publish("last", exceeds), errc::too_large));
  BOOST_TEST(!model.publish("last", fits));
  BOOST_TEST(rest() == 0u);
  BOOST_TEST(is(model.publish("more", entry_of(1)), errc::too_large));
}

// -- versions of our names that others have forged

BOOST_AUTO_TEST_CASE(a_forged_version_is_outlived_a_second_later) {
  publish("a");
  flush();
  BOOST_TEST(!model.wake_at());
  forge(5);
  BOOST_TEST(model.counters().forged_versions == 1u);
  const auto due = now + seconds{1};
  BOOST_TEST((model.wake_at() == due));
  now += milliseconds{500};
  forge(8);
  forge(7);
  BOOST_TEST(model.counters().forged_versions == 3u);
  BOOST_TEST((model.wake_at() == due));
  now = due - duration{1};
  tick();
  BOOST_TEST(broadcasts().empty());
  now = due;
  tick();
  auto xs = broadcasts();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].head.version == 9u);
  BOOST_TEST(own_head().version == 9u);
  BOOST_TEST(own_head().count == 1u);
  BOOST_TEST(!model.wake_at());
  now += seconds{10};
  tick();
  BOOST_TEST(broadcasts().empty());
  forge(9); // the same version, with other content
  now += seconds{1};
  tick();
  BOOST_TEST(own_head().version == 10u);
  forge(3);
  BOOST_TEST(!model.wake_at());
  BOOST_TEST(model.counters().forged_versions == 4u);
}

BOOST_AUTO_TEST_CASE(a_version_of_ours_meanwhile_outlives_the_forged_one) {
  forge(5);
  publish("a");
  flush();
  BOOST_TEST(own_head().version == 6u);
  BOOST_TEST(broadcasts().size() == 1u);
  // Our version is announced once more, for peers that receive the forged
  // version later.
  now += seconds{1};
  tick();
  auto xs = broadcasts();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].head.version == 6u);
  BOOST_TEST(!model.wake_at());
}

BOOST_AUTO_TEST_CASE(what_is_true_of_us_or_of_an_earlier_life_changes_nothing) {
  publish("a");
  flush();
  BOOST_TEST(!headers({own_head(), {life_of(9, 2), 99, "n9", 1, {1, 1}}}));
  BOOST_TEST(!news(own_head()).value());
  BOOST_TEST(model.counters().forged_versions == 0u);
  BOOST_TEST(!model.wake_at());
  BOOST_TEST(asks_nobody());
}

BOOST_AUTO_TEST_CASE(a_part_of_our_document_by_others_is_outlived) {
  auto head = own_head();
  head.version = 5;
  const auto passes_on = news(head);
  BOOST_TEST_REQUIRE(!!passes_on);
  BOOST_TEST(!*passes_on);
  BOOST_TEST(model.counters().forged_versions == 1u);
  BOOST_TEST((model.wake_at() == now + seconds{1}));
}

// -- lives

BOOST_AUTO_TEST_CASE(a_new_life_of_a_peer_is_told_what_we_know) {
  auto describes = [&](const life& x) {
    model.life_appeared(x, now);
    return model.take_effects().describe;
  };
  BOOST_TEST(describes(life_of(1, 1)));
  BOOST_TEST(docs().is_known_life(life_of(1, 1)));
  BOOST_TEST(!describes(life_of(1, 1)));
  BOOST_TEST(describes(life_of(1, 2)));
  BOOST_TEST(!describes(us));
  BOOST_TEST(!describes(life_of(9, 2)));
  model.peer_left(number(1), now);
  BOOST_TEST(!docs().is_known_life(life_of(1, 2)));
  BOOST_TEST(describes(life_of(1, 2)));
}

// -- time

BOOST_AUTO_TEST_CASE(the_first_of_all_times_wakes_us) {
  BOOST_TEST(!model.wake_at());
  forge(5);
  BOOST_TEST((model.wake_at() == now + seconds{1}));
  now += seconds{1};
  tick();
  // The directory is given three things to wait for, one after another: the
  // expiry of a hidden document, an answer, and an announcement. Each is due
  // earlier than the one before it.
  const header empty{life_of(1, 1), 1, "", 0, {}};
  news(part_writer{empty, 0}.finish("", std::nullopt));
  BOOST_TEST((model.wake_at() == now + minutes{5}));
  lives(2);
  news(header{life_of(2, 1), 1, "", 1, {1, 1}});
  BOOST_TEST((model.wake_at() == now + seconds{2}));
  forge(50);
  BOOST_TEST((model.wake_at() == now + seconds{1}));
}

BOOST_AUTO_TEST_CASE(effects_are_taken_once) {
  BOOST_TEST(homes_have_changed(model.take_effects()));
  publish("a");
  model.flush(now);
  const auto first = model.take_effects();
  BOOST_TEST(first.broadcasts.size() == 1u);
  BOOST_TEST(first.changes.size() == 1u);
  BOOST_TEST(!homes_have_changed(first));
  const auto second = model.take_effects();
  BOOST_TEST(second.broadcasts.empty());
  BOOST_TEST(second.changes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
