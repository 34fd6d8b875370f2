#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/network.hpp"
#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a mesh that is cut in two halves while all interfaces stay up:
//
//     1  2  3     4  5  6
//     |  |  |     |  |  |
//     +--+--+-- --+--+--+
namespace {

constexpr seconds bound_to_part{10};
constexpr seconds bound_to_heal{30};
struct six_hosts {
  network net{6};
  real_mesh mesh;
  const numbers left = range(1, 3);
  const numbers right = range(4, 6);

  explicit six_hosts(const std::vector<std::string>& times = {}) {
    for (auto x : range(1, 6))
      mesh.start(net.setup(x, {net.address(1)}, watchful_options(times)));
    mesh.increment(mesh.all());
    BOOST_TEST_REQUIRE(mesh.agree(bound_to_heal).has_value());
  }
  void count_apart() {
    const auto before = mesh.sum();
    mesh.increment(left, 2);
    BOOST_TEST(mesh.agree(left, before + 6, bound_to_part).has_value(),
               mesh.views(left));
    mesh.increment(right, 3);
    BOOST_TEST(mesh.agree(right, before + 9, bound_to_part).has_value(),
               mesh.views(right));
  }
};

// These nodes allow 8 s of silence. TCP retransmits at growing intervals, so
// the silence lasts longer than the cut.
struct six_patient_hosts : six_hosts {
  six_patient_hosts() : six_hosts({"--mesh.patience=8s"}) {
  }
};

//   1 --- 2 --- 3
struct line_of_hosts {
  network net{3};
  real_mesh mesh;

  line_of_hosts() {
    start(2, {});
    start(1, {net.address(2)});
    start(3, {net.address(2)});
    BOOST_TEST(mesh[3].ask("publish adder") == "ok");
    BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  }
  void start(std::uint64_t number, std::vector<std::string> peers) {
    mesh.start(net.setup(
      number, std::move(peers),
      watchful_options({"--mesh.discovery=false", "--actors.down-after=1s"})));
  }
};

bool is_possible(boost::unit_test::test_unit_id) {
  return network::is_possible();
}

} // namespace

BOOST_AUTO_TEST_SUITE(partition_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_FIXTURE_TEST_CASE(halves_keep_counting_and_agree_once_reconnected,
                        six_hosts) {
  const auto before = mesh.held_at_rest();
  net.part(right);
  const auto parted = mesh.agree(left, mesh.sum(), bound_to_part);
  BOOST_TEST(parted.has_value(), mesh.views(left));
  count_apart();
  net.heal();
  const auto healed = mesh.agree(bound_to_heal);
  BOOST_TEST_REQUIRE(healed.has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("halves of 3 + 3: a half was complete by itself "
       + std::to_string(parted->count()) + " ms after the cut, all six agreed "
       + std::to_string(healed->count()) + " ms after the healing");
  note("  " + growth(before, mesh.held()));
}

BOOST_FIXTURE_TEST_CASE(a_cut_shorter_than_the_patience_changes_no_record,
                        six_patient_hosts) {
  const auto topology = mesh[1].topology();
  net.part(right);
  mesh.increment(mesh.all());
  std::this_thread::sleep_for(milliseconds{500});
  net.heal();
  BOOST_TEST(mesh.agree(bound_to_part).has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh[1].topology() == topology);
}

// The bound is `actors.down-after` plus one second.
BOOST_FIXTURE_TEST_CASE(actors_beyond_a_cut_are_down_in_time_and_reached_again,
                        line_of_hosts) {
  const auto begin = std::chrono::steady_clock::now();
  net.part({3});
  const auto why = mesh[1].ask("down");
  const auto time = std::chrono::duration_cast<milliseconds>(
    std::chrono::steady_clock::now() - begin);
  BOOST_TEST((why.find("left") == 0u || why.find("unreachable") == 0u), why);
  BOOST_TEST(time.count() <= 2000);
  note("an actor two hops away was down " + std::to_string(time.count())
       + " ms after the cut");
  net.heal();
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

BOOST_AUTO_TEST_SUITE_END()
