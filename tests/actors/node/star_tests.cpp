#include <boost/test/unit_test.hpp>

#include "actors/core/gossip/gathered_news.hpp"
#include "tests/support/replicated_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node with many neighbours, the hub of a star. The hub merges
// changes before it sends them to its neighbours.
namespace {

/// A star whose hub `a` has enough neighbours to merge changes for them:
///
///     b   c   d …
///      \  |  /
///         a
struct star : replicated_mesh {
  star() {
    std::string edges;
    for (std::size_t i = 0; i < gathered_news::few; ++i)
      edges += std::string{static_cast<char>('b' + i)} + "a ";
    edges.pop_back();
    build(edges);
  }

  channel_status channel_of(char letter, const std::string& name) {
    auto all = ask<mesh_status>(at(letter).router(), get_status{});
    BOOST_TEST_REQUIRE(all.value.has_value());
    for (const auto& x : all.value->channels)
      if (x.name == name)
        return x;
    return {};
  }

  replicated_actor<grow_counter> counter_on(char letter) {
    return value_on<grow_counter>(letter);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(star_tests, star)

BOOST_AUTO_TEST_CASE(peers_that_join_together_are_announced_in_few_messages) {
  auto told = [this] {
    auto topology = channel_of('b', "topology");
    return topology.gossips_received + topology.broadcasts_received;
  };
  const std::string newcomers = "rstuvwxyz";
  auto before = told();
  for (char letter : newcomers)
    add(letter).connect_to(at('a'));
  settle();
  BOOST_TEST(told() > before);
  BOOST_TEST(told() - before < newcomers.size());
  BOOST_TEST(all_agree());
  BOOST_TEST(at('b').description().peers.size()
             == gathered_news::few + 1 + newcomers.size());
}

BOOST_AUTO_TEST_CASE(a_neighbour_with_other_neighbours_relays_broadcasts) {
  add('y').connect_to(at('a'));
  add('z').connect_to(at('y'));
  settle();
  auto before = channel_of('y', "topology").broadcasts_received;
  add('t').connect_to(at('a'));
  settle();
  BOOST_TEST(channel_of('y', "topology").broadcasts_received > before);
  BOOST_TEST(all_agree());
  BOOST_TEST(at('z').description().peers.size() == gathered_news::few + 4);
}

BOOST_AUTO_TEST_CASE(a_broadcast_that_depends_on_its_source_stays_a_broadcast) {
  at('b').broadcast("chan", "word");
  settle();
  for (auto& x : nodes())
    BOOST_TEST(x->recorded("chan").broadcasts_of("word ")
                 == (x->name() == at('b').name() ? 0u : 1u),
               x->config().nickname);
}

BOOST_AUTO_TEST_CASE(the_first_change_of_a_replicated_value_does_not_wait) {
  auto a = counter_on('a');
  auto b = counter_on('b');
  auto c = counter_on('c');
  settle();
  increment(b, 'b');
  run();
  BOOST_TEST(count(c) == 1);
}

BOOST_AUTO_TEST_CASE(a_hub_that_stops_sends_its_gathered_news_first) {
  auto a = counter_on('a');
  auto b = counter_on('b');
  auto c = counter_on('c');
  auto d = counter_on('d');
  settle();
  increment(b, 'b');
  increment(c, 'c');
  run();
  BOOST_TEST(count(d) == 1);
  at('a').stop();
  settle();
  BOOST_TEST(count(d) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
