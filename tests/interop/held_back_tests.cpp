#include <boost/test/unit_test.hpp>

#include <chrono>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"
#include "tests/interop/wiretap.hpp"

using namespace cafmesh::test;

// What a Go peer that dials hears of us before it has shown that it knows the
// password.
BOOST_AUTO_TEST_SUITE(held_back_tests)

namespace {

// Version 2 with a password: `weave`, two versions, the flag and a public key.
constexpr std::size_t unsealed = 7 + 1 + 32;

constexpr std::chrono::milliseconds a_while{500};

} // namespace

BOOST_AUTO_TEST_CASE(
  a_go_dialler_hears_nothing_sealed_before_its_own_has_opened) {
  cpp_node ours{named('a', "the password of the mesh")};
  wiretap tap{ours.port(), unsealed};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // It says its sealed features without waiting for ours …
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > unsealed; }));
  BOOST_REQUIRE(eventually([&] { return tap.from_acceptor() >= unsealed; }));
  // … which do not come as long as we have not got them.
  BOOST_TEST(
    !eventually([&] { return tap.from_acceptor() > unsealed; }, a_while));
  BOOST_TEST(!ours.knows(theirs.name()));
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(eventually([&] { return tap.from_acceptor() > unsealed; }));
}

// There the features are readable, and the first thing sealed is a message.
BOOST_AUTO_TEST_CASE(
  in_version_1_a_go_dialler_hears_its_first_sealed_message_after_it_sent_one) {
  auto old = named('a', "the password of the mesh");
  old.min_version = 1;
  old.max_version = 1;
  cpp_node ours{old};
  wiretap tap{ours.port(), 0};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // Header and features come unasked, and nothing more before it has ours.
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
  BOOST_REQUIRE(stands_still(from_dialler));
  const auto readable = tap.from_dialler();
  tap.allow(readable);
  // It has our features, and says something sealed.
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > readable; }));
  BOOST_TEST(stands_still(from_acceptor));
  BOOST_TEST(!ours.knows(theirs.name()));
  const auto heard = tap.from_acceptor();
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(eventually([&] { return tap.from_acceptor() > heard; }));
}

BOOST_AUTO_TEST_SUITE_END()
