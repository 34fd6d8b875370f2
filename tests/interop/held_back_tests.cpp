#include <boost/test/unit_test.hpp>

#include <chrono>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"
#include "tests/interop/wiretap.hpp"

using namespace cafmesh::test;

// Tests that a node sends nothing encrypted over an inbound connection before
// the dialler is authenticated. See PROTOCOL.md, "Order of the introduction".
BOOST_AUTO_TEST_SUITE(held_back_tests)

namespace {

// The number of bytes before the first encrypted frame of version 2: `weave`,
// two versions, the encryption flag and a public key.
constexpr std::size_t unsealed = 7 + 1 + 32;

constexpr std::chrono::milliseconds a_while{500};

} // namespace

BOOST_AUTO_TEST_CASE(a_go_dialler_gets_nothing_sealed_before_its_frame_opened) {
  cpp_node ours{named('a', "the password of the mesh")};
  wiretap tap{ours.port(), unsealed};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // The dialler sends its encrypted features without waiting for ours.
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > unsealed; }));
  BOOST_REQUIRE(eventually([&] { return tap.from_acceptor() >= unsealed; }));
  // Our node must not send its features before the dialler's have arrived.
  BOOST_TEST(
    !eventually([&] { return tap.from_acceptor() > unsealed; }, a_while));
  BOOST_TEST(!ours.knows(theirs.name()));
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(eventually([&] { return tap.from_acceptor() > unsealed; }));
}

// In version 1, features are not encrypted. The first encrypted frame holds a
// message.
BOOST_AUTO_TEST_CASE(
  in_version_1_a_go_dialler_gets_nothing_sealed_before_it_sent_a_message) {
  auto old = named('a', "the password of the mesh");
  old.min_version = 1;
  old.max_version = 1;
  cpp_node ours{old};
  wiretap tap{ours.port(), 0};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // The dialler sends its header and features immediately, and nothing more
  // until it has our features.
  auto stands_still = [&](auto&& count) {
    const auto before = count();
    return !eventually([&] { return count() > before; }, a_while);
  };
  const auto from_dialler = [&] {
    return tap.from_dialler();
  };
  const auto from_acceptor = [&] {
    return tap.from_acceptor();
  };
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > 7; }));
  BOOST_REQUIRE(eventually([&] { return stands_still(from_dialler); }));
  const auto readable = tap.from_dialler();
  tap.allow(readable);
  // The dialler has our features, and sends an encrypted message.
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > readable; }));
  BOOST_TEST(stands_still(from_acceptor));
  BOOST_TEST(!ours.knows(theirs.name()));
  const auto heard = tap.from_acceptor();
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(eventually([&] { return tap.from_acceptor() > heard; }));
}

BOOST_AUTO_TEST_SUITE_END()
