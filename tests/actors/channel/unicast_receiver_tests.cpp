#include <cafmesh/unicast_receiver.hpp>

#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "tests/support/mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the gossiper that `spawn_unicast_receiver` makes from a function.
namespace {

struct receiving : mesh {
  void listen(char letter) {
    auto ears =
      spawn_unicast_receiver(system(), [this](peer_name from, auto& data) {
        auto text = std::string{data.view().as_text()};
        if (text == "fail")
          throw std::runtime_error{text};
        heard.push_back(from.str() + " " + text);
      });
    ask<gossip_channel_actor>(at(letter).router(), join_channel{"ears", ears});
  }

  std::vector<std::string> heard;
};

const std::vector<std::string> one_two{"00:00:00:00:00:61 one",
                                       "00:00:00:00:00:61 two"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(unicast_receiver_tests, receiving)

BOOST_AUTO_TEST_CASE(a_receiver_gets_all_unicasts_in_order) {
  build("ab");
  at('a').join("ears");
  listen('b');
  at('a').unicast("ears", at('b'), "one");
  at('a').unicast("ears", at('b'), "two");
  run();
  BOOST_TEST(heard == one_two, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_receiver_ignores_broadcasts_and_gossip) {
  build("ab");
  at('a').join("ears");
  listen('b');
  at('a').broadcast("ears", "word");
  at('a').gossip("ears", "word");
  settle();
  BOOST_TEST(heard.empty());
  BOOST_TEST(at('b').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_throws_ends_no_connection) {
  build("ab");
  at('a').join("ears");
  listen('b');
  at('a').unicast("ears", at('b'), "fail");
  run();
  at('a').unicast("ears", at('b'), "one");
  settle();
  BOOST_TEST(heard.empty());
  BOOST_TEST(at('b').degree() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
