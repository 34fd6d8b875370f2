#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/some_documents.hpp"

// Tests of which peer gets a node ID that several peers claim.
using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::seconds;

BOOST_FIXTURE_TEST_SUITE(documents_nodes_tests, some_documents)

BOOST_AUTO_TEST_CASE(a_node_id_belongs_to_the_first_that_was_shown) {
  show(2, "n", {"b"});
  docs.take_changes();
  show(1, "n", {"a"});
  BOOST_TEST(homes() == "2=n 9=n9 ");
  BOOST_TEST(shown() == "2:b 9: ");
  BOOST_TEST(changes() == "");
  show(3, "n9", {"c"}); // our own node ID
  BOOST_TEST(shown() == "2:b 9: ");
  BOOST_TEST(homes() == "2=n 9=n9 ");
}

BOOST_AUTO_TEST_CASE(lives_without_a_node_id_claim_nothing) {
  show(1, "", {"a"});
  show(2, "", {"b"});
  BOOST_TEST(shown() == "1:a 2:b 9: ");
  BOOST_TEST(homes() == "9=n9 ");
}

BOOST_AUTO_TEST_CASE(
  the_lowest_of_the_others_follows_a_holder_that_stays_away) {
  for (unsigned peer : {4u, 3u, 2u, 1u})
    show(peer, "n", {"x"});
  BOOST_TEST(homes() == "4=n 9=n9 ");
  now += hidden_for;
  leave(4);
  BOOST_TEST(homes() == "9=n9 ");
  docs.take_changes();
  docs.take_home_changes();
  BOOST_TEST((docs.wake_at() == now + hidden_for));
  docs.tick(now + hidden_for - duration{1});
  BOOST_TEST(homes() == "9=n9 ");
  now += hidden_for;
  docs.tick(now);
  BOOST_TEST(homes() == "1=n 9=n9 ");
  BOOST_TEST(shown() == "1:x 9: ");
  BOOST_TEST(home_changes_of(docs) == "+1=n ");
  BOOST_TEST(changes() == "1:>x any ");
  leave(1);
  leave(2);
  now += node_claims::kept_beside;
  docs.tick(now);
  BOOST_TEST(homes() == "3=n 9=n9 ");
  docs.take_changes();
  leave(3);
  BOOST_TEST(homes() == "9=n9 ");
  BOOST_TEST(changes() == "3:x> any ");
  now += hidden_for;
  docs.tick(now);
  BOOST_TEST(!docs.wake_at());
  show(2, "n", {"x"});
  BOOST_TEST(homes() == "2=n 9=n9 ");
}

// Any member can hide another peer for a while, by claiming that the peer has a
// different UID, or that its document has a different node ID.
BOOST_AUTO_TEST_CASE(who_hides_a_peer_does_not_get_its_node_id) {
  show(1, "n", {"a"});
  show(2, "n", {"evil"});
  docs.life_appeared(life_of(1, 7), now);
  BOOST_TEST(shown() == "9: ");
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(shown() == "1:a 9: ");
  hear(1, 2, "forged", {"b"});
  BOOST_TEST(homes() == "1=forged 9=n9 ");
  hear(1, 3, "n", {"a"});
  BOOST_TEST(homes() == "1=n 9=n9 ");
  BOOST_TEST(shown() == "1:a 9: ");
  leave(1);
  show(3, "n", {"evil"});
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(homes() == "1=n 9=n9 ");
}

BOOST_AUTO_TEST_CASE(who_changes_the_node_id_again_and_again_does_not_get_it) {
  show(1, "n", {"a"});
  show(2, "n", {"evil"});
  now += hidden_for;
  for (std::uint64_t i = 0; i < 50; ++i) {
    hear(1, 2 * i + 2, "forged " + std::to_string(i), {"b"});
    now += seconds{2};
    docs.tick(now);
    hear(1, 2 * i + 3, "n", {"a"});
    BOOST_TEST(homes() == "1=n 9=n9 ");
  }
  hear(1, 1000, "forged", {"b"});
  leave(1);
  now += hidden_for - seconds{1};
  docs.tick(now);
  hear(1, 1001, "n", {"a"});
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(homes() == "1=n 9=n9 ");
}

// When a peer leaves, its node ID is kept for as long as the peer had used it.
// So a node ID that a forgery gave to a short-lived peer is soon free again.
BOOST_AUTO_TEST_CASE(a_node_id_is_kept_as_long_as_the_peer_had_it) {
  show(1, "n", {"a"});
  show(2, "n", {"b"});
  for (auto held : {seconds{1}, seconds{60}, seconds{1000}}) {
    show(3, "m", {"c"});
    now += held;
    leave(3);
    const auto kept = std::clamp<duration>(held, node_claims::kept_beside,
                                           duration{hidden_for});
    BOOST_TEST((docs.wake_at() == now + kept));
    now += kept;
    docs.tick(now);
    BOOST_TEST(!docs.find(life_of(3, 1)) == (kept >= hidden_for));
    now += hidden_for;
    docs.tick(now);
  }
}

BOOST_AUTO_TEST_CASE(a_node_id_is_given_away_while_its_peer_uses_another) {
  show(1, "n", {"a"});
  show(2, "n", {"b"});
  show(1, "n1", {"a"}, 7);
  now += node_claims::kept_beside - duration{1};
  docs.tick(now);
  BOOST_TEST(homes() == "1=n1 9=n9 ");
  now += duration{1};
  docs.tick(now);
  BOOST_TEST(homes() == "1=n1 2=n 9=n9 ");
}

BOOST_AUTO_TEST_CASE(a_new_life_of_the_peer_has_the_node_id_at_once) {
  show(1, "n", {"a"});
  show(2, "n", {"b"});
  show(1, "n", {"aa"}, 7);
  BOOST_TEST(homes() == "1=n 9=n9 ");
  BOOST_TEST(shown() == "1:aa 9: ");
}

BOOST_AUTO_TEST_CASE(made_up_lives_displace_no_node_id_that_is_kept) {
  show(1, "n", {"a"});
  show(2, "n", {"evil"});
  leave(1);
  for (unsigned i = 0; i <= node_claims::most_kept; ++i) {
    show(10 + i, "m" + std::to_string(i), {});
    leave(10 + i);
  }
  show(1, "n", {"a"});
  BOOST_TEST(homes() == "1=n 9=n9 ");
}

BOOST_AUTO_TEST_CASE(
  what_was_claimed_last_is_kept_for_nobody_beyond_the_limit) {
  for (unsigned i = 0; i <= node_claims::most_kept; ++i)
    show(10 + i, "m" + std::to_string(i), {});
  for (unsigned i = 0; i <= node_claims::most_kept; ++i)
    leave(10 + i);
  show(2, "m" + std::to_string(node_claims::most_kept), {});
  show(3, "m0", {});
  BOOST_TEST(homes() == "2=m4096 9=n9 ");
}

BOOST_AUTO_TEST_CASE(a_life_that_left_claims_nothing) {
  show(1, "n", {"a"});
  show(2, "n", {"b"});
  docs.take_changes();
  leave(2);
  BOOST_TEST(changes() == "");
  leave(1);
  BOOST_TEST(changes() == "1:a> any ");
  now += hidden_for;
  docs.tick(now);
  show(3, "n", {"c"});
  BOOST_TEST(homes() == "3=n 9=n9 ");
  BOOST_TEST(shown() == "3:c 9: ");
}

BOOST_AUTO_TEST_CASE(a_new_version_of_the_holder_keeps_the_node_id) {
  show(2, "n", {"b"});
  show(1, "n", {"a"});
  docs.take_home_changes();
  docs.take_changes();
  hear(2, 2, "n", {"bb"});
  BOOST_TEST(shown() == "2:bb 9: ");
  BOOST_TEST(changes() == "2:b>bb any ");
  BOOST_TEST(home_changes_of(docs) == "");
  hear(1, 2, "n", {"aa"});
  BOOST_TEST(shown() == "2:bb 9: ");
  BOOST_TEST(changes() == "");
}

BOOST_AUTO_TEST_CASE(a_holder_with_another_node_id_leaves_the_old_one) {
  show(2, "n", {"b"});
  show(1, "n", {"a"});
  docs.take_home_changes();
  docs.take_changes();
  hear(2, 2, "m", {"b"});
  BOOST_TEST(home_changes_of(docs) == "+2=m ");
  BOOST_TEST(homes() == "2=m 9=n9 ");
  BOOST_TEST((docs.wake_at() == now + node_claims::kept_beside));
  now += node_claims::kept_beside;
  docs.tick(now);
  BOOST_TEST(home_changes_of(docs) == "+1=n ");
  BOOST_TEST(homes() == "1=n 2=m 9=n9 ");
  BOOST_TEST(shown() == "1:a 2:b 9: ");
  hear(2, 3, "", {"b"});
  BOOST_TEST(home_changes_of(docs) == "-2 ");
  BOOST_TEST(homes() == "1=n 9=n9 ");
  BOOST_TEST(shown() == "1:a 2:b 9: ");
}

// All names of a peer are hidden when it changes to a node ID that belongs to
// another peer. So watchers must compare all its names, not only the changed
// ones.
BOOST_AUTO_TEST_CASE(a_change_to_a_taken_node_id_hides_all_names) {
  show(1, "n1", {"a", "b"});
  docs.take_changes();
  docs.take_home_changes();
  const auto next = entries_of({"a", "b", "c"});
  part x;
  x.head = {life_of(1, 1), 2, "n9", 3, next.summary().content.hash()};
  x.base = 1;
  x.changes = {{"c", entry_of(1)}};
  BOOST_TEST((docs.apply(x, now) == document::outcome::applied));
  BOOST_TEST(changes() == "1:ab> any ");
  BOOST_TEST(home_changes_of(docs) != "");
  BOOST_TEST(shown() == "9: ");
  BOOST_TEST(homes() == "9=n9 ");
}

BOOST_AUTO_TEST_SUITE_END()
