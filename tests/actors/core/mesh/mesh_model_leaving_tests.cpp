#include "actors/core/mesh/mesh_model.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/discovery.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of connections that their remotes give up: the remote's record has the
// connection no longer, although it is established.
namespace {

/// Our peer, number 5, has inbound connections of 1 and 2, which are connected
/// to 3.
struct fixture : view {
  fixture() {
    is_dialled_by(1);
    is_dialled_by(2);
    hear_from(1, {says(1, {us, 3}), says(3, {1, 2})});
    hear_from(2, {says(2, {us, 3})});
    skip_announcements();
  }

  void is_dialled_by(unsigned peer) {
    auto x = offer(peer, peer);
    x.outbound = false;
    add(x);
    establish(peer);
  }

  void hear_from(unsigned neighbour, const std::vector<peer_record>& records) {
    effects = {};
    state.apply_update(update_of(records), now, effects, {},
                       name_of(neighbour));
  }

  std::vector<unsigned> listed() const {
    std::vector<unsigned> result;
    for (const auto& x : record(us).connections)
      result.push_back(static_cast<unsigned>(x.remote.number()));
    return result;
  }

  bool is_listed(unsigned peer) const {
    const auto all = listed();
    return std::find(all.begin(), all.end(), peer) != all.end();
  }

  bool is_next_hop(unsigned peer) {
    return state.current_routes()->next_hop(name_of(peer)) == name_of(peer);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_leaving_tests, fixture)

BOOST_AUTO_TEST_CASE(what_the_remote_gives_up_leaves_our_record_at_once) {
  hear_from(1, {says(1, {3}, 2)});
  BOOST_TEST(!is_listed(1));
  BOOST_TEST(is_listed(2));
  BOOST_TEST(announced() == "5");
  BOOST_TEST(is_next_hop(1));
  BOOST_TEST(effects.given_up.empty());
  BOOST_TEST_REQUIRE(state.wake_at().has_value());
  BOOST_TEST((*state.wake_at() <= now + discovery::time_to_hear));
  wait(discovery::time_to_hear);
  BOOST_TEST_REQUIRE(effects.given_up.size() == 1u);
  remove(1);
  BOOST_TEST(!is_next_hop(1));
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(announced() == "none");
}

// The caller may be unable to give it up now.
BOOST_AUTO_TEST_CASE(a_connection_that_stays_is_named_again_later) {
  hear_from(1, {says(1, {3}, 2)});
  announced();
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.size() == 1u);
  BOOST_TEST((*state.wake_at() > now));
  wait(1ms);
  BOOST_TEST(effects.given_up.empty());
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_remote_that_lists_us_again_keeps_the_connection) {
  hear_from(1, {says(1, {3}, 2)});
  hear_from(1, {says(1, {us, 3}, 3)});
  BOOST_TEST(is_listed(1));
  wait(2 * discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
}

BOOST_AUTO_TEST_CASE(only_the_remotes_own_word_counts) {
  hear_from(2, {says(1, {3}, 2)});
  hear({says(1, {3}, 3)});
  hear_from(1, {says(2, {3}, 2)});
  BOOST_TEST(is_listed(1));
  BOOST_TEST(is_listed(2));
  hear_from(1, {says(1, {3}, 3)}); // the same that others have said
  BOOST_TEST(!is_listed(1));
}

// What we have from others is newer, and may be made up.
BOOST_AUTO_TEST_CASE(an_older_record_says_nothing) {
  hear_from(2, {says(1, {3}, 3)});
  hear_from(1, {says(1, {us, 3}, 2)});
  hear_from(1, {says(1, {3}, 2)});
  BOOST_TEST(is_listed(1));
}

BOOST_AUTO_TEST_CASE(a_forged_record_of_the_same_version_says_nothing) {
  auto forged = says(1, {3});
  forged.peer.nickname += " the forged";
  hear_from(2, {forged});
  BOOST_TEST(record(1).peer.nickname == forged.peer.nickname);
  for (int i = 0; i < 3; ++i)
    hear_from(1, {says(1, {us, 3})});
  BOOST_TEST(is_listed(1));
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
}

// Records are cut.
BOOST_AUTO_TEST_CASE(a_full_record_says_nothing) {
  std::vector<unsigned> all;
  for (unsigned i = 0; i < record_limits::max_connections; ++i)
    all.push_back(100 + i);
  hear_from(1, {says(1, all, 2)});
  BOOST_TEST(version_of(1) == 2u);
  BOOST_TEST(is_listed(1));
}

// The remote never gives up what others have dialled, so what it says is false.
// It would escape the pause of those that close their connections.
BOOST_AUTO_TEST_CASE(a_connection_that_we_have_dialled_is_kept) {
  connect(4);
  hear_from(4, {says(4, {us, 3})});
  hear_from(4, {says(4, {3}, 2)});
  BOOST_TEST(is_listed(4));
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
}

// A new connection may be in no record yet.
BOOST_AUTO_TEST_CASE(a_connection_that_was_never_listed_is_not_given_up) {
  is_dialled_by(4);
  hear_from(4, {says(4, {3})});
  BOOST_TEST(is_listed(4));
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
}

BOOST_AUTO_TEST_CASE(what_listed_an_earlier_connection_says_nothing) {
  remove(1);
  is_dialled_by(1);
  hear_from(1, {says(1, {3}, 2)});
  BOOST_TEST(is_listed(1));
}

// It may have said so itself, in a message that did not come.
BOOST_AUTO_TEST_CASE(a_remote_whose_record_lists_us_in_the_end_is_kept) {
  hear_from(1, {says(1, {3}, 2)});
  hear_from(2, {says(1, {us, 3}, 3)});
  BOOST_TEST(!is_listed(1));
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
  BOOST_TEST(is_listed(1));
  BOOST_TEST(announced() == "5");
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
}

BOOST_AUTO_TEST_CASE(a_remote_that_changes_its_mind_uses_up_no_haste) {
  for (std::uint64_t i = 1; i <= 10; ++i) {
    hear_from(1, {says(1, {3}, 2 * i)});
    announced();
    hear_from(1, {says(1, {us, 3}, 2 * i + 1)});
    announced();
  }
  effects = {};
  state.remove_closed_connection(connection_id{2}, now, effects);
  BOOST_TEST(announced() == "5");
}

// It is our only way to these peers, and the connection is there.
BOOST_AUTO_TEST_CASE(nobody_is_forgotten_while_the_connection_is_there) {
  hear_from(1, {says(1, {3, 9}, 2), says(9, {1}), says(3, {1}, 2)});
  hear_from(2, {says(2, {us}, 2)});
  for (int i = 0; i < 20; ++i)
    wait(100ms);
  BOOST_TEST(known() == "1 2 3 5 9");
  BOOST_TEST(is_next_hop(1));
  remove(1);
  BOOST_TEST(known() == "2 5");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_connection_that_leaves_is_its_end) {
  hear_from(1, {says(1, {3}, 2)});
  remove(1);
  is_dialled_by(1);
  wait(discovery::time_to_hear);
  BOOST_TEST(effects.given_up.empty());
  BOOST_TEST(is_listed(1));
}

// -- peers that end while we drain their connection

BOOST_AUTO_TEST_CASE(a_peer_that_ends_before_it_has_heard_is_reported) {
  remove(1);
  effects = {};
  const closing by{name_of(1), peer_uid{100}};
  BOOST_TEST(!!state.drained_one_closed(by, now, effects));
  BOOST_TEST(effects.left.empty());
  hear_from(2, {says(3, {2}, 2)});
  state.note_closings({by}, name_of(3), now, effects);
  BOOST_TEST(names_of(effects.left) == "1");
}

BOOST_AUTO_TEST_CASE(a_peer_that_gives_up_what_we_give_up_has_not_ended) {
  remove(1);
  hear_from(2, {says(1, {3}, 2)});
  BOOST_TEST(
    !state.drained_one_closed({name_of(1), peer_uid{100}}, now, effects));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_connected_again_has_not_ended) {
  remove(1);
  add(1, 10);
  BOOST_TEST(
    !state.drained_one_closed({name_of(1), peer_uid{100}}, now, effects));
}

BOOST_AUTO_TEST_SUITE_END()
