#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests of peers that are killed and restart under the same name.
BOOST_AUTO_TEST_SUITE(departures_tests)

namespace {

/// A Go peer and a cafmesh peer that are connected to each other, and a third
/// peer, the guest, that is killed and restarts. The guest is of either kind.
struct two_and_a_guest {
  go_peer theirs{named('a')};
  cpp_node ours{named('b')};
  kind of_guest;
  peer_options guest_options = named('c');
  std::unique_ptr<mesh_peer> guest;

  explicit two_and_a_guest(kind what) : of_guest(what) {
    guest_options.port = free_port();
    BOOST_REQUIRE(connect(theirs, ours));
    enter();
  }

  void enter() {
    guest = start(of_guest, guest_options);
  }

  void restart() {
    const auto first_life = guest->uid();
    guest->kill();
    enter();
    BOOST_TEST(guest->uid() != first_life);
  }

  void check_all_know_the_guest(std::chrono::milliseconds timeout = patience) {
    const group all{&theirs, &ours, guest.get()};
    BOOST_TEST_REQUIRE(reach_each_other(all), views_of(all));
    BOOST_TEST(come_to_agree(all, timeout), views_of(all));
    for (auto* peer :
         {static_cast<mesh_peer*>(&theirs), static_cast<mesh_peer*>(&ours)}) {
      auto seen = peer->knows(guest->name());
      BOOST_REQUIRE(seen);
      BOOST_TEST(seen->uid == guest->uid());
      BOOST_TEST(seen->version == guest->knows(guest->name())->version);
    }
  }

  void check_guest_is_forgotten() {
    const group all{&theirs, &ours};
    BOOST_TEST(know_each_other(all), views_of(all));
    BOOST_TEST(come_to_agree(all), views_of(all));
    BOOST_TEST(theirs.is_connected_to(ours.name()));
  }
};

const auto each_kind = data::make({kind::go, kind::cpp});

} // namespace

BOOST_DATA_TEST_CASE(a_killed_neighbour_of_all_is_forgotten_by_all, each_kind,
                     victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(x.theirs, *x.guest));
  BOOST_REQUIRE(connect(x.ours, *x.guest));
  x.check_all_know_the_guest();
  x.guest->kill();
  x.check_guest_is_forgotten();
}

BOOST_DATA_TEST_CASE(a_killed_neighbour_of_ours_is_forgotten_by_a_go_peer,
                     each_kind, victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  x.check_all_know_the_guest();
  x.guest->kill();
  x.check_guest_is_forgotten();
  BOOST_TEST(logs(x.theirs, "Removed unreachable peer"));
}

BOOST_DATA_TEST_CASE(a_killed_neighbour_of_a_go_peer_is_forgotten_by_ours,
                     each_kind, victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(*x.guest, x.theirs));
  x.check_all_know_the_guest();
  x.guest->kill();
  x.check_guest_is_forgotten();
  BOOST_TEST(logs(x.ours, "out of reach, forgotten"));
}

BOOST_DATA_TEST_CASE(if_the_middle_of_a_line_dies_each_end_forgets_the_other,
                     data::make(lines_of_three()), kinds) {
  auto a = start(kinds.kinds[0], named('a'));
  auto b = start(kinds.kinds[1], named('b'));
  auto c = start(kinds.kinds[2], named('c'));
  BOOST_REQUIRE(connect(*a, *b));
  BOOST_REQUIRE(connect(*b, *c));
  BOOST_REQUIRE(reach_each_other({a.get(), b.get(), c.get()}));
  b->kill();
  BOOST_TEST(know_each_other({a.get()}), views_of({a.get()}));
  BOOST_TEST(know_each_other({c.get()}), views_of({c.get()}));
}

BOOST_AUTO_TEST_CASE(a_cafmesh_peer_that_stops_is_forgotten) {
  two_and_a_guest x{kind::cpp};
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  BOOST_REQUIRE(connect(x.theirs, *x.guest));
  x.check_all_know_the_guest();
  dynamic_cast<cpp_node&>(*x.guest).stop();
  x.check_guest_is_forgotten();
}

BOOST_DATA_TEST_CASE(a_restarted_peer_is_dialled_again, each_kind, victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(x.theirs, *x.guest));
  BOOST_REQUIRE(connect(x.ours, *x.guest));
  x.check_all_know_the_guest();
  x.restart();
  BOOST_TEST(gets_connected(x.theirs, *x.guest));
  BOOST_TEST(gets_connected(x.ours, *x.guest));
  x.check_all_know_the_guest();
}

BOOST_DATA_TEST_CASE(a_restarted_peer_that_dials_is_admitted_again, each_kind,
                     victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(*x.guest, x.theirs));
  x.check_all_know_the_guest();
  x.restart();
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  // A Go peer may still have the guest's old record, with a higher version. The
  // guest receives this record within 30 s, and then sends a newer one.
  x.check_all_know_the_guest(std::chrono::seconds{60});
}

BOOST_DATA_TEST_CASE(a_restarted_peer_gets_the_state_again, each_kind, victim) {
  two_and_a_guest x{victim};
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  BOOST_REQUIRE(reach_each_other({&x.theirs, &x.ours, x.guest.get()}));
  x.guest->set("x", 5);
  BOOST_TEST(gets_value(x.theirs, "x", 5));
  x.restart();
  BOOST_TEST(x.guest->get().empty());
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  BOOST_TEST(gets_value(*x.guest, "x", 5));
}

BOOST_DATA_TEST_CASE(a_peer_may_restart_many_times, each_kind, victim) {
  two_and_a_guest x{victim};
  for (int life = 0; life < 5; ++life) {
    BOOST_REQUIRE(connect(
      *x.guest, life % 2 == 0 ? static_cast<mesh_peer&>(x.ours) : x.theirs));
    x.restart();
  }
  BOOST_REQUIRE(connect(*x.guest, x.ours));
  // A Go peer may still have the guest's old record, with a higher version. The
  // guest receives this record within 30 s, and then sends a newer one.
  x.check_all_know_the_guest(std::chrono::seconds{60});
}

BOOST_AUTO_TEST_SUITE_END()
