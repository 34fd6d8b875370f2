#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

#include "tests/interop/both_kinds.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests of three peers in a line. The peer in the middle is of one kind, Go or
// cafmesh, and both ends are of the other.
BOOST_AUTO_TEST_SUITE(line_tests)

namespace {

enum class middle { member, surrogate };

/// The line a - b - c. Peer `b` has joined the channel, or relays it without
/// having joined.
struct line_of_three {
  std::unique_ptr<mesh_peer> a;
  std::unique_ptr<mesh_peer> b;
  std::unique_ptr<mesh_peer> c;

  line_of_three(const kinds_in_line& kinds, middle role,
                std::optional<std::string> password = std::nullopt)
      : a(start(kinds.kinds[0], named('a', password))),
        c(start(kinds.kinds[2], named('c', password))) {
    auto options = named('b', password);
    if (role == middle::surrogate)
      options.channels.clear();
    b = start(kinds.kinds[1], options);
  }

  void connect_all() {
    BOOST_REQUIRE(connect(*a, *b));
    BOOST_REQUIRE(connect(*b, *c));
    BOOST_TEST_REQUIRE(reach_each_other({a.get(), b.get(), c.get()}),
                       views_of({a.get(), b.get(), c.get()}));
  }
};

const auto each_line = data::make(lines_of_three());

} // namespace

BOOST_DATA_TEST_CASE(a_unicast_passes_through_the_middle, each_line, kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  line.a->unicast(line.c->name(), 1000, 1);
  BOOST_TEST(line.c->wait_for_blob("unicast", 1000, 1).at("from")
             == line.a->name());
  line.c->unicast(line.a->name(), 2000, 2);
  BOOST_TEST(line.a->wait_for_blob("unicast", 2000, 2).at("from")
             == line.c->name());
  BOOST_TEST(line.b->count(is_unicast) == 0U);
}

BOOST_DATA_TEST_CASE(a_unicast_passes_through_a_surrogate, each_line, kinds) {
  line_of_three line{kinds, middle::surrogate};
  line.connect_all();
  line.a->unicast(line.c->name(), 1000, 1);
  BOOST_TEST(line.c->wait_for_blob("unicast", 1000, 1).at("from")
             == line.a->name());
  BOOST_TEST(logs(*line.b, "surrogate"));
}

BOOST_DATA_TEST_CASE(unicasts_arrive_in_the_order_in_which_they_were_sent,
                     each_line, kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  for (std::size_t i = 0; i < 100; ++i)
    line.a->unicast(line.c->name(), i, i);
  for (std::size_t i = 0; i < 100; ++i)
    BOOST_TEST(line.c->wait_for(is_unicast).at("size") == i);
}

BOOST_DATA_TEST_CASE(a_broadcast_of_an_end_reaches_the_others_once, each_line,
                     kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  line.a->broadcast(1000, 1);
  line.a->broadcast(10, 2);
  for (auto* peer : {line.b.get(), line.c.get()}) {
    BOOST_TEST(peer->wait_for_blob("broadcast", 1000, 1).at("from")
               == line.a->name());
    // A second copy would arrive before this broadcast.
    peer->wait_for_blob("broadcast", 10, 2);
    BOOST_TEST(peer->count(is_broadcast) == 0U);
  }
  BOOST_TEST(line.a->count(is_broadcast) == 0U);
}

BOOST_DATA_TEST_CASE(a_broadcast_of_the_middle_reaches_both_ends, each_line,
                     kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  line.b->broadcast(1000, 1);
  for (auto* peer : {line.a.get(), line.c.get()})
    BOOST_TEST(peer->wait_for_blob("broadcast", 1000, 1).at("from")
               == line.b->name());
}

BOOST_DATA_TEST_CASE(a_broadcast_passes_through_a_surrogate, each_line, kinds) {
  line_of_three line{kinds, middle::surrogate};
  line.connect_all();
  line.a->broadcast(1000, 1);
  line.c->broadcast(2000, 2);
  BOOST_TEST(line.c->wait_for_blob("broadcast", 1000, 1).at("from")
             == line.a->name());
  BOOST_TEST(line.a->wait_for_blob("broadcast", 2000, 2).at("from")
             == line.c->name());
}

BOOST_DATA_TEST_CASE(state_spreads_from_each_to_all, each_line, kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  line.a->set("from a", 1);
  line.b->set("from b", 2);
  line.c->set("from c", -3);
  line.c->set("from a", 0);
  for (auto* peer : {line.a.get(), line.b.get(), line.c.get()}) {
    BOOST_TEST(gets_value(*peer, "from a", 1));
    BOOST_TEST(gets_value(*peer, "from b", 2));
    BOOST_TEST(gets_value(*peer, "from c", -3));
  }
}

BOOST_DATA_TEST_CASE(state_spreads_through_a_surrogate, each_line, kinds) {
  line_of_three line{kinds, middle::surrogate};
  line.connect_all();
  line.a->set("from a", 1);
  line.c->set("from c", 2);
  BOOST_TEST(gets_value(*line.c, "from a", 1));
  BOOST_TEST(gets_value(*line.a, "from c", 2));
}

// `a` connects last and sends its state to `b` as gossip, which `b` passes on
// to `c`.
BOOST_DATA_TEST_CASE(a_late_end_learns_the_state_through_the_middle,
                     each_line* data::make({"", "secret"}), kinds, password) {
  line_of_three line{kinds, middle::member, std::string{password}};
  line.a->set("x", 7);
  BOOST_REQUIRE(connect(*line.b, *line.c));
  BOOST_REQUIRE(connect(*line.a, *line.b));
  BOOST_TEST(gets_value(*line.b, "x", 7));
  BOOST_TEST(gets_value(*line.c, "x", 7));
}

BOOST_DATA_TEST_CASE(gossip_passes_through_a_surrogate, each_line, kinds) {
  line_of_three line{kinds, middle::surrogate};
  line.a->set("x", 7);
  BOOST_REQUIRE(connect(*line.b, *line.c));
  BOOST_REQUIRE(connect(*line.a, *line.b));
  BOOST_TEST(gets_value(*line.c, "x", 7));
}

BOOST_DATA_TEST_CASE(two_halves_that_connect_merge_their_states, each_line,
                     kinds) {
  line_of_three line{kinds, middle::member};
  BOOST_REQUIRE(connect(*line.a, *line.b));
  line.a->set("x", 7);
  line.a->set("y", 1);
  BOOST_TEST(gets_value(*line.b, "y", 1));
  line.c->set("x", 5);
  line.c->set("y", 2);
  BOOST_REQUIRE(connect(*line.c, *line.b));
  for (auto* peer : {line.a.get(), line.b.get(), line.c.get()}) {
    BOOST_TEST(gets_value(*peer, "x", 7));
    BOOST_TEST(gets_value(*peer, "y", 2));
  }
}

BOOST_DATA_TEST_CASE(all_peers_report_the_same_mesh, each_line, kinds) {
  line_of_three line{kinds, middle::member};
  line.connect_all();
  const group all{line.a.get(), line.b.get(), line.c.get()};
  BOOST_TEST(come_to_agree(all), views_of(all));
}

BOOST_AUTO_TEST_SUITE_END()
