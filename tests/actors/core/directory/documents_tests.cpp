#include "actors/core/directory/documents.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/some_documents.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::seconds;

BOOST_FIXTURE_TEST_SUITE(documents_tests, some_documents)

// -- our own

BOOST_AUTO_TEST_CASE(our_document_is_there_from_the_start) {
  documents fresh{us, "n9"};
  BOOST_TEST(home_changes_of(fresh) != "");
  BOOST_TEST(home_changes_of(fresh) == "");
  BOOST_TEST(fresh.is_known_life(us));
  BOOST_TEST(!fresh.is_known_life(life_of(9, 2)));
  BOOST_TEST(fresh.size() == 1u);
  BOOST_TEST(fresh.bytes() == 0u);
  BOOST_TEST(homes() == "9=n9 ");
  BOOST_TEST(shown() == "9: ");
  BOOST_TEST_REQUIRE(head_of(9));
  BOOST_TEST((*head_of(9) == docs.own().head()));
  BOOST_TEST(documents(us, "").homes().empty());
}

BOOST_AUTO_TEST_CASE(what_we_seal_is_shown_and_told) {
  docs.own().edit("a", entry_of(1));
  docs.own_sealed(docs.own().seal(1));
  BOOST_TEST(changes() == "9:>a a ");
  BOOST_TEST(head_of(9)->version == 1u);
  docs.own().edit("b", entry_of(1));
  docs.own_sealed(docs.own().seal(2));
  BOOST_TEST(changes() == "9:a>ab b ");
  BOOST_TEST(shown() == "9:ab ");
  BOOST_TEST(home_changes_of(docs) == "");
}

BOOST_AUTO_TEST_CASE(nobody_says_that_we_left_or_live_otherwise) {
  docs.life_appeared(life_of(9, 7), now);
  BOOST_TEST(docs.is_known_life(us));
  leave(9);
  BOOST_TEST(docs.is_known_life(us));
  BOOST_TEST(shown() == "9: ");
  BOOST_TEST(changes() == "");
}

// -- topology

BOOST_AUTO_TEST_CASE(documents_show_while_their_life_is_known) {
  hear(1, 1, "n1", {"a"});
  BOOST_TEST(docs.find(life_of(1, 1)) != nullptr);
  BOOST_TEST(docs.find(life_of(1, 2)) == nullptr);
  BOOST_TEST(shown() == "9: ");
  BOOST_TEST(changes() == "");
  BOOST_TEST(homes() == "9=n9 ");
  docs.take_home_changes();
  BOOST_TEST(!head_of(1));
  BOOST_TEST(docs.hidden() == 1u);
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(shown() == "1:a 9: ");
  BOOST_TEST(changes() == "1:>a any ");
  BOOST_TEST(home_changes_of(docs) != "");
  BOOST_TEST_REQUIRE(head_of(1));
  BOOST_TEST((*head_of(1) == docs.find(life_of(1, 1))->head()));
  BOOST_TEST(docs.hidden() == 0u);
  docs.life_appeared(life_of(1, 1), now); // is known already
  BOOST_TEST(changes() == "");
  leave(1);
  BOOST_TEST(shown() == "9: ");
  BOOST_TEST(changes() == "1:a> any ");
  BOOST_TEST(home_changes_of(docs) != "");
  BOOST_TEST(!head_of(1));
  BOOST_TEST(docs.hidden() == 1u);
  BOOST_TEST(!docs.is_known_life(life_of(1, 1)));
  leave(1);
  BOOST_TEST(changes() == "");
}

BOOST_AUTO_TEST_CASE(another_life_of_a_peer_hides_the_one_before) {
  show(1, "n1", {"a"});
  docs.take_changes();
  docs.life_appeared(life_of(1, 2), now);
  BOOST_TEST(changes() == "1:a> any ");
  BOOST_TEST(docs.is_known_life(life_of(1, 2)));
  BOOST_TEST(!docs.is_known_life(life_of(1, 1)));
  hear(1, 1, "n1", {"b"}, 2);
  BOOST_TEST(shown() == "1:b 9: ");
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(shown() == "1:a 9: ");
}

BOOST_AUTO_TEST_CASE(hidden_documents_are_dropped_after_five_minutes) {
  BOOST_TEST(!docs.wake_at());
  show(1, "n1", {"a"});
  leave(1);
  const auto first = now;
  now += seconds{1};
  hear(2, 1, "n2", {"b"});
  BOOST_TEST((docs.wake_at() == first + node_claims::kept_beside));
  BOOST_TEST(!docs.tick(first + node_claims::kept_beside));
  BOOST_TEST((docs.wake_at() == first + hidden_for));
  BOOST_TEST(!docs.tick(first + hidden_for - duration{1}));
  BOOST_TEST(docs.hidden() == 2u);
  BOOST_TEST(docs.tick(first + hidden_for));
  BOOST_TEST(docs.hidden() == 1u);
  BOOST_TEST(!docs.find(life_of(1, 1)));
  BOOST_TEST(docs.find(life_of(2, 1)));
  BOOST_TEST((docs.wake_at() == now + hidden_for));
  BOOST_TEST(docs.bytes() == docs.find(life_of(2, 1))->bytes());
  BOOST_TEST(docs.tick(now + hidden_for));
  BOOST_TEST(!docs.tick(now + hidden_for));
  BOOST_TEST(docs.bytes() == 0u);
  BOOST_TEST(docs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hidden_document_stays_hidden_since_it_was_hidden) {
  hear(1, 1, "n1", {"a"});
  const auto first = now;
  now += seconds{10};
  hear(1, 2, "n1", {"b"});
  BOOST_TEST(docs.hidden() == 1u);
  BOOST_TEST((docs.wake_at() == first + hidden_for));
  docs.life_appeared(life_of(1, 1), now);
  BOOST_TEST(docs.hidden() == 0u);
  BOOST_TEST(!docs.wake_at());
}

// -- content

BOOST_AUTO_TEST_CASE(changes_of_a_document_say_their_names) {
  show(1, "n1", {"a", "b"});
  BOOST_TEST(changes() == "1:>ab any ");
  BOOST_TEST(home_changes_of(docs) != "");
  part x;
  const auto next = entries_of({"b", "c"});
  x.head = {life_of(1, 1), 2, "n1", 2, next.summary().content.hash()};
  x.base = 1;
  x.changes = {{"a", std::nullopt}, {"c", entry_of(1)}};
  BOOST_TEST((docs.apply(x, now) == document::outcome::applied));
  BOOST_TEST(changes() == "1:ab>bc a c ");
  BOOST_TEST(shown() == "1:bc 9: ");
  BOOST_TEST(head_of(1)->version == 2u);
  BOOST_TEST(home_changes_of(docs) == "");
  BOOST_TEST(docs.bytes() == docs.find(life_of(1, 1))->bytes());
  BOOST_TEST((docs.apply(x, now) == document::outcome::does_not_fit));
  BOOST_TEST(changes() == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_applied_leaves_nothing) {
  docs.life_appeared(life_of(1, 1), now);
  auto x = whole(life_of(1, 1), 1, "n1", {"a"});
  x.more->next = "b"; // more would follow
  BOOST_TEST((docs.apply(x, now) == document::outcome::does_not_fit));
  x.more->next.reset();
  x.head.count = 2;
  BOOST_TEST((docs.apply(x, now) == document::outcome::broken));
  BOOST_TEST(docs.size() == 1u);
  BOOST_TEST(docs.bytes() == 0u);
  BOOST_TEST(!docs.find(life_of(1, 1)));
}

BOOST_AUTO_TEST_CASE(a_document_is_replaced_as_a_whole) {
  show(1, "n1", {"a"});
  docs.take_changes();
  document x{life_of(1, 1), "n1"};
  x.edit("b", entry_of(1));
  x.seal(7);
  docs.replace(x, now);
  BOOST_TEST(changes() == "1:a>b any ");
  BOOST_TEST(head_of(1)->version == 7u);
  BOOST_TEST(docs.bytes() == x.bytes());
  docs.replace(document{life_of(2, 1), "n2"}, now);
  BOOST_TEST(docs.hidden() == 1u);
}

BOOST_AUTO_TEST_CASE(a_header_is_adopted_by_a_known_document_only) {
  show(1, "n1", {"a"});
  docs.take_changes();
  docs.take_home_changes();
  auto head = *head_of(1);
  head.version = 7;
  docs.adopt(head);
  BOOST_TEST(head_of(1)->version == 7u);
  BOOST_TEST(shown() == "1:a 9: ");
  BOOST_TEST(home_changes_of(docs) == "");
  head.of = life_of(2, 1);
  docs.adopt(head);
  BOOST_TEST(docs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_stripped_document_shows_no_names) {
  show(1, "n1", {"a"});
  docs.take_changes();
  auto head = *head_of(1);
  head.version = 7;
  BOOST_TEST(docs.stripped().empty());
  docs.strip(head, now);
  BOOST_TEST(changes() == "1:a> any ");
  BOOST_TEST(shown() == "1: 9: ");
  BOOST_TEST(homes() == "1=n1 9=n9 ");
  BOOST_TEST(docs.bytes() == 0u);
  BOOST_TEST_REQUIRE(docs.stripped().size() == 1u);
  BOOST_TEST((docs.stripped()[0] == head));
  head.of = life_of(2, 1);
  docs.strip(head, now);
  BOOST_TEST(docs.find(life_of(2, 1))->is_stripped());
}

BOOST_AUTO_TEST_CASE(a_lookup_finds_all_that_are_shown) {
  docs.own().edit("db", entry_of(9));
  docs.own_sealed(docs.own().seal(1));
  show(1, "n1", {"db"});
  show(2, "n2", {"web"});
  show(3, "", {"db"});
  hear(4, 1, "n4", {"db"});
  const auto found = docs.lookup("db");
  BOOST_TEST_REQUIRE(found.size() == 3u);
  BOOST_TEST((found[0].of == life_of(1, 1)));
  BOOST_TEST(found[0].node == "n1");
  BOOST_TEST((found[0].what == entry_of(1)));
  BOOST_TEST((found[1].of == life_of(3, 1)));
  BOOST_TEST(found[1].node == "");
  BOOST_TEST((found[2].of == us));
  BOOST_TEST(found[2].what.actor == 9u);
  BOOST_TEST(homes() == "1=n1 2=n2 9=n9 ");
}

BOOST_AUTO_TEST_SUITE_END()
