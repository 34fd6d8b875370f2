#include <cafmesh/key.hpp>

#include <new>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;

BOOST_AUTO_TEST_SUITE(key_tests)

BOOST_AUTO_TEST_CASE(a_key_is_wiped_when_it_is_destroyed) {
  alignas(key) std::uint8_t storage[sizeof(key)];
  auto x = new (storage) key{bytes(key::size, 0xab)};
  BOOST_TEST_REQUIRE(storage[0] == 0xab);
  x->~key();
  BOOST_TEST((byte_view{storage, key::size} == byte_view{bytes(key::size, 0)}));
}

BOOST_AUTO_TEST_SUITE_END()
