#include "crypto/keys/memory.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()
