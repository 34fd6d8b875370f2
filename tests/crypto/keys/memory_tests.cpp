#include "crypto/keys/memory.hpp"

#include <memory>

#include <boost/test/unit_test.hpp>

#include "crypto/keys/session_key.hpp"
#include "tests/crypto/handshake/handshake_fixture.hpp"
#include "tests/support/watched_memory.hpp"
#include <cafmesh/bytes.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;

BOOST_AUTO_TEST_SUITE(memory_tests)

BOOST_AUTO_TEST_CASE(wiping_clears_every_byte) {
  bytes xs(100, 0xff);
  wipe(xs.data(), xs.size());
  BOOST_TEST((xs == bytes(100, 0)));
}

BOOST_AUTO_TEST_CASE(wiping_nothing_is_allowed) {
  wipe(nullptr, 0);
  BOOST_TEST_PASSPOINT();
}

namespace {

// An acceptor that has derived its session keys and now reads a frame sealed
// with another one.
bool keeps_a_key_after_failing(const std::vector<std::string>& passwords) {
  const auto ours = key_pair::random();
  const auto theirs = key_pair::random();
  const auto agreed =
    make_session_key(ours, theirs.open_half, password{passwords.front()});
  BOOST_TEST_REQUIRE(!!agreed);
  bytes start{'w', 'e', 'a', 'v', 'e', 2, 2, 1};
  start.insert(start.end(), theirs.open_half.begin(), theirs.open_half.end());
  const bytes frame{0, 0,  0,  20, 1,  2,  3,  4,  5,  6,  7,  8,
                    9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  test::watched_blocks blocks;
  auto shake = std::make_unique<handshake>(config_of(false, passwords), ours);
  BOOST_TEST(!!shake->feed(start));
  BOOST_TEST(blocks.containing(agreed->data(), key::size) > 0u);
  BOOST_TEST(!shake->feed(frame));
  return blocks.containing(agreed->data(), key::size) > 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_failed_introduction_leaves_no_session_key) {
  BOOST_TEST(!keeps_a_key_after_failing({"one"}));
  BOOST_TEST(!keeps_a_key_after_failing({"one", "two"}));
}

BOOST_AUTO_TEST_SUITE_END()
