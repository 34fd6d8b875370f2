#include "actors/core/mesh/announcements.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture {
  announcements waiting{1s};
  instant now = instant{} + 24h;

  void add(unsigned peer) {
    waiting.add(name_of(peer), now);
  }

  void wait_a_moment() {
    now += announcements::moment;
  }

  std::string take() {
    auto names = waiting.take_due(now);
    if (!names.empty())
      waiting.sent(100, 10, now);
    return numbers(names);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(announcements_tests, fixture)

BOOST_AUTO_TEST_CASE(without_a_change_there_is_nothing_to_announce) {
  BOOST_TEST(!waiting.due_at());
  BOOST_TEST(take() == "");
}

BOOST_AUTO_TEST_CASE(the_first_change_is_due_in_a_moment) {
  add(1);
  BOOST_TEST(take() == "");
  BOOST_TEST((waiting.due_at() == now + announcements::moment));
  wait_a_moment();
  BOOST_TEST(take() == "1");
  BOOST_TEST(!waiting.due_at());
}

BOOST_AUTO_TEST_CASE(a_change_in_haste_does_not_wait_for_the_interval) {
  add(1);
  wait_a_moment();
  take();
  now += 100ms;
  add(2);
  waiting.hurry(now);
  BOOST_TEST((waiting.due_at() == now + announcements::moment));
  wait_a_moment();
  BOOST_TEST(take() == "2");
  add(3);
  BOOST_TEST((waiting.due_at() == now + 1s));
}

BOOST_AUTO_TEST_CASE(haste_is_limited) {
  unsigned sent = 0;
  for (int i = 0; i < 200; ++i) {
    add(1);
    waiting.hurry(now);
    wait_a_moment();
    if (!take().empty())
      ++sent;
  }
  BOOST_TEST(sent <= 1 + announcements::most_hurried + 2 + 2);
}

BOOST_AUTO_TEST_CASE(a_large_record_is_not_announced_in_haste) {
  add(1);
  wait_a_moment();
  waiting.take_due(now);
  waiting.sent(announcements::budget / 8, 16, now);
  add(1);
  waiting.hurry(now);
  BOOST_TEST((waiting.due_at() == now + 2s));
}

BOOST_AUTO_TEST_CASE(later_changes_are_gathered) {
  add(1);
  wait_a_moment();
  take();
  now += 100ms;
  add(1);
  add(2);
  BOOST_TEST(take() == "");
  BOOST_TEST((waiting.due_at() == now + 900ms));
  now += 899ms;
  BOOST_TEST(take() == "");
  now += 1ms;
  BOOST_TEST(take() == "1 2");
}

BOOST_AUTO_TEST_CASE(a_second_change_does_not_delay_the_first) {
  add(1);
  auto due = waiting.due_at();
  now += 10ms;
  add(2);
  BOOST_TEST((waiting.due_at() == due));
}

BOOST_AUTO_TEST_CASE(after_a_pause_a_change_is_due_in_a_moment_again) {
  add(1);
  wait_a_moment();
  take();
  now += 5s;
  add(2);
  BOOST_TEST((waiting.due_at() == now + announcements::moment));
}

BOOST_AUTO_TEST_CASE(large_updates_make_longer_pauses) {
  add(1);
  wait_a_moment();
  waiting.take_due(now);
  waiting.sent(announcements::budget / 8, 40, now);
  add(1);
  BOOST_TEST((waiting.due_at() == now + 5s));
}

BOOST_AUTO_TEST_CASE(no_update_waits_for_ever) {
  add(1);
  wait_a_moment();
  waiting.take_due(now);
  waiting.sent(SIZE_MAX, SIZE_MAX, now);
  add(1);
  BOOST_TEST((waiting.due_at() == now + announcements::longest));
}

BOOST_AUTO_TEST_CASE(an_interval_longer_than_the_longest_pause_is_kept) {
  announcements slow{2min};
  slow.add(name_of(1), now);
  wait_a_moment();
  slow.take_due(now);
  slow.sent(SIZE_MAX, SIZE_MAX, now);
  slow.add(name_of(1), now);
  BOOST_TEST((slow.due_at() == now + 2min));
}

// -- announcements of the mesh model

BOOST_AUTO_TEST_CASE(a_connection_announces_us_and_the_remote) {
  view mesh;
  mesh.connect(1);
  mesh.skip_announcements();
  mesh.add(2);
  BOOST_TEST((mesh.state.wake_at() == mesh.now + announcements::moment));
  BOOST_TEST(mesh.announced() == "2 5");
  BOOST_TEST(!mesh.state.wake_at());
}

BOOST_AUTO_TEST_CASE(the_only_remote_hears_nothing_of_itself) {
  view mesh;
  mesh.add(1);
  BOOST_TEST(mesh.announced() == "5");
}

BOOST_AUTO_TEST_CASE(changes_within_a_moment_are_announced_together) {
  view mesh;
  mesh.connect(1);
  mesh.skip_announcements();
  mesh.add(2);
  mesh.now += announcements::moment / 2;
  mesh.establish(2);
  mesh.now -= announcements::moment / 2;
  BOOST_TEST(mesh.announced() == "2 5");
  BOOST_TEST(!mesh.state.wake_at());
}

BOOST_AUTO_TEST_CASE(establishing_a_connection_announces_only_us) {
  view mesh;
  mesh.connect(2);
  mesh.add(1);
  mesh.skip_announcements();
  mesh.establish(1);
  BOOST_TEST(mesh.announced() == "5");
}

BOOST_AUTO_TEST_CASE(removing_a_connection_announces_only_us) {
  view mesh;
  mesh.connect(2);
  mesh.connect(1);
  mesh.skip_announcements();
  mesh.remove(1);
  BOOST_TEST(mesh.announced() == "5");
}

BOOST_AUTO_TEST_CASE(many_connections_are_announced_together) {
  view mesh;
  mesh.connect(1);
  BOOST_TEST(mesh.announced() == "5");
  auto before = mesh.now;
  mesh.connect(2);
  mesh.connect(3);
  BOOST_TEST(mesh.announced() == "none");
  BOOST_TEST((mesh.state.wake_at() == before + 1s));
  mesh.wait(1s);
  auto update = mesh.state.take_announcement(mesh.now);
  BOOST_TEST(subjects(update) == "2 3 5");
  BOOST_TEST(read(update).back().connections.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_update_of_another_peer_is_not_announced) {
  view mesh;
  mesh.connect(1);
  mesh.skip_announcements();
  mesh.hear({says(1, {us, 2}), says(2, {1})});
  BOOST_TEST(mesh.announced() == "none");
}

BOOST_AUTO_TEST_SUITE_END()
