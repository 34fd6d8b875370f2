#include "crypto/keys/keyed_digest.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using crypto::keyed_digest;

BOOST_AUTO_TEST_SUITE(keyed_digest_tests)

BOOST_AUTO_TEST_CASE(the_same_bytes_and_key_have_the_same_digest) {
  BOOST_TEST(keyed_digest(bytes{1, 2}, 7) == keyed_digest(bytes{1, 2}, 7));
}

BOOST_AUTO_TEST_CASE(different_bytes_or_keys_have_different_digests) {
  auto x = keyed_digest(bytes{1, 2}, 7);
  BOOST_TEST(x != keyed_digest(bytes{1, 3}, 7));
  BOOST_TEST(x != keyed_digest(bytes{1, 2, 0}, 7));
  BOOST_TEST(x != keyed_digest(bytes{1, 2}, 8));
}

BOOST_AUTO_TEST_CASE(empty_input_has_a_digest) {
  BOOST_TEST(keyed_digest({}, 1) != keyed_digest({}, 2));
}

BOOST_AUTO_TEST_SUITE_END()
