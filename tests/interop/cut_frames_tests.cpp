#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/breakable_transport.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"
#include "tests/interop/wiretap.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests that a peer that ends in the middle of a frame does no harm to other
// peers.
BOOST_AUTO_TEST_SUITE(cut_frames_tests)

namespace {

constexpr std::size_t large = 9U << 20;

using maybe_password = std::optional<std::string>;

maybe_password password_if(bool encrypted) {
  return encrypted ? maybe_password{"secret"} : std::nullopt;
}

void check_survival(mesh_peer& survivor, mesh_peer& friendly) {
  BOOST_TEST(know_each_other({&survivor, &friendly}),
             views_of({&survivor, &friendly}));
  BOOST_TEST(survivor.is_connected_to(friendly.name()));
  survivor.unicast(friendly.name(), 100, 1);
  friendly.wait_for_blob("unicast", 100, 1);
  friendly.broadcast(200, 2);
  survivor.wait_for_blob("broadcast", 200, 2);
  BOOST_TEST(survivor.count(is_unicast) == 0U);
  BOOST_TEST(survivor.count(is_broadcast) == 0U);
}

const auto plain_and_encrypted = data::make({false, true});
const auto each_kind = data::make({kind::go, kind::cpp});

} // namespace

BOOST_DATA_TEST_CASE(a_go_peer_survives_our_death_in_a_frame,
                     each_kind* plain_and_encrypted, of_friend, encrypted) {
  const auto password = password_if(encrypted);
  go_peer survivor{named('a', password)};
  auto friendly = start(of_friend, named('b', password));
  cpp_node victim{named('c', password)};
  BOOST_REQUIRE(connect(*friendly, survivor));
  BOOST_REQUIRE(connect(victim, survivor));
  BOOST_REQUIRE(reach_each_other({&survivor, friendly.get(), &victim}));
  victim.wires().break_after_writing(large / 2);
  victim.begin_unicast(survivor.name(), large, 1);
  BOOST_REQUIRE(eventually([&] { return victim.wires().is_broken(); }));
  check_survival(survivor, *friendly);
}

BOOST_DATA_TEST_CASE(our_peer_survives_the_death_of_a_go_peer_in_a_frame,
                     each_kind* plain_and_encrypted, of_friend, encrypted) {
  const auto password = password_if(encrypted);
  cpp_node survivor{named('a', password)};
  auto friendly = start(of_friend, named('b', password));
  go_peer victim{named('c', password)};
  // The victim dials the survivor through a proxy, which holds back the rest of
  // the frame. Without the proxy, the kernel would send the rest even after
  // the process has ended.
  auto wire = std::make_unique<wiretap>(survivor.port());
  BOOST_REQUIRE(connect(*friendly, survivor));
  victim.connect_to(wire->address());
  BOOST_REQUIRE(gets_connected(victim, survivor));
  BOOST_REQUIRE(reach_each_other({&survivor, friendly.get(), &victim}));
  const auto enough = wire->passed() + large / 2;
  wire->allow(enough);
  victim.broadcast(large, 1);
  BOOST_REQUIRE(eventually([&] { return wire->passed() == enough; }));
  victim.kill();
  wire.reset();
  check_survival(survivor, *friendly);
}

// The peer ends after it has sent `size` bytes. The first 7 bytes are the
// header.
BOOST_DATA_TEST_CASE(a_go_peer_survives_our_death_in_the_introduction,
                     data::make({1, 7, 8, 20, 40, 60}) * plain_and_encrypted,
                     size, encrypted) {
  const auto password = password_if(encrypted);
  go_peer survivor{named('a', password)};
  go_peer friendly{named('b', password)};
  BOOST_REQUIRE(connect(friendly, survivor));
  cpp_node victim{named('c', password)};
  victim.wires().break_after_writing(static_cast<std::size_t>(size));
  victim.connect_to(survivor.address());
  BOOST_REQUIRE(eventually([&] { return victim.wires().is_broken(); }));
  BOOST_TEST(logs(survivor, "due to error during handshake"));
  check_survival(survivor, friendly);
}

BOOST_DATA_TEST_CASE(
  a_relay_that_dies_in_a_frame_and_peers_beyond_are_forgotten,
  data::make({kind::go, kind::cpp}), of_ends) {
  auto a = start(of_ends, named('a'));
  cpp_node victim{named('b')};
  auto c = start(of_ends, named('c'));
  BOOST_REQUIRE(connect(*a, victim));
  BOOST_REQUIRE(connect(*c, victim));
  BOOST_REQUIRE(reach_each_other({a.get(), &victim, c.get()}));
  victim.wires().break_after_writing(large / 2);
  a->broadcast(large, 1);
  BOOST_REQUIRE(eventually([&] { return victim.wires().is_broken(); }));
  BOOST_TEST(know_each_other({a.get()}));
  BOOST_TEST(know_each_other({c.get()}));
  BOOST_TEST(c->count(is_broadcast) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
