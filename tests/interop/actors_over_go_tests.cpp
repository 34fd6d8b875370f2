#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/go_peer.hpp"
#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/eventually.hpp"

using namespace cafmesh::test;

// Tests of actors in different processes that find and use each other through a
// Go peer, which knows nothing of them.
namespace {

std::string host(std::uint64_t number) {
  return "127.80.0." + std::to_string(number);
}

//   1 --- Go --- 2        discovery is off
//         |
//         3
struct star_around_go {
  star_around_go() {
    relay_options.port = free_port();
    start_relay();
    for (auto number : range(1, 3))
      mesh.start({number,
                  host(number),
                  6783,
                  {relay->address()},
                  {"--mesh.discovery=false", "--mesh.retry-initial=200ms",
                   "--mesh.retry-max=1s"},
                  {}});
    BOOST_TEST_REQUIRE(all_know_all());
  }
  void start_relay() {
    relay = std::make_unique<go_peer>(relay_options);
  }
  bool all_know_all() {
    return eventually([&] {
      for (auto number : mesh.all())
        if (mesh[number].topology().size() != 4u)
          return false;
      return true;
    });
  }
  void subscribe(std::uint64_t node) {
    BOOST_TEST(mesh[node].ask("subscribe news") == "ok");
  }
  /// Waits until the node sees this number of peers with subscribers.
  bool sees_subscribers(std::uint64_t node, std::size_t count) {
    return mesh.finds(node, "topic:news", count);
  }
  /// Makes a node send texts to the topic: the numbers from `first` to `last`.
  /// @returns the texts as `heard` shows them
  std::string tell(std::uint64_t node, int first, int last) {
    std::string result;
    for (int i = first; i <= last; ++i) {
      BOOST_TEST(mesh[node].ask("tell news " + std::to_string(i)) == "ok");
      result += std::to_string(i) + " ";
    }
    return result;
  }
  void check_heard(std::uint64_t node, const std::string& all) {
    eventually([&] { return mesh[node].ask("heard") == all; });
    BOOST_TEST(mesh[node].ask("heard") == all);
  }

  peer_options relay_options = named('f');
  std::unique_ptr<go_peer> relay;
  real_mesh mesh;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(actors_over_go_tests, star_around_go)

BOOST_AUTO_TEST_CASE(an_actor_behind_a_go_peer_is_used_until_it_is_killed) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
  mesh.kill({3});
  BOOST_TEST(mesh[1].ask("down").find("left") == 0u);
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 0));
  mesh.restart(3);
  BOOST_TEST(mesh[1].ask("add 1 1") != "2");
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 1 1") == "2");
}

BOOST_AUTO_TEST_CASE(names_and_handles_are_back_when_the_go_peer_is_back) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  relay->kill();
  BOOST_TEST(mesh[1].ask("down").find("left") == 0u);
  start_relay();
  BOOST_TEST_REQUIRE(all_know_all());
  BOOST_TEST_REQUIRE(
    eventually([&] { return mesh[1].ask("add 40 2") == "42"; }));
  BOOST_TEST(mesh.finds(1, "adder", 1));
}

BOOST_AUTO_TEST_CASE(subscribers_behind_a_go_peer_get_each_message_once) {
  subscribe(1);
  subscribe(3);
  BOOST_TEST_REQUIRE(sees_subscribers(2, 2));
  auto all = tell(2, 1, 30);
  check_heard(1, all);
  check_heard(3, all);
}

BOOST_AUTO_TEST_CASE(a_restarted_subscriber_gets_what_comes_after_its_return) {
  subscribe(1);
  subscribe(3);
  BOOST_TEST_REQUIRE(sees_subscribers(2, 2));
  auto before = tell(2, 1, 10);
  check_heard(3, before);
  mesh.kill({3});
  BOOST_TEST_REQUIRE(sees_subscribers(2, 1));
  auto meanwhile = tell(2, 11, 20);
  mesh.restart(3);
  subscribe(3);
  BOOST_TEST_REQUIRE(sees_subscribers(2, 2));
  auto after = tell(2, 21, 30);
  check_heard(3, after);
  check_heard(1, before + meanwhile + after);
}

BOOST_AUTO_TEST_CASE(topics_go_on_over_a_restarted_go_peer) {
  subscribe(1);
  BOOST_TEST_REQUIRE(sees_subscribers(2, 1));
  auto before = tell(2, 1, 10);
  check_heard(1, before);
  relay->kill();
  BOOST_TEST_REQUIRE(sees_subscribers(2, 0));
  start_relay();
  BOOST_TEST_REQUIRE(sees_subscribers(2, 1));
  check_heard(1, before + tell(2, 11, 20));
}

BOOST_AUTO_TEST_SUITE_END()
