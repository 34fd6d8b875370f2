#include "../../crypto/secret.hpp"

#include <new>
#include <utility>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;

BOOST_AUTO_TEST_SUITE(secret_tests)

BOOST_AUTO_TEST_CASE(wiping_clears_every_byte) {
  bytes xs(100, 0xff);
  wipe(xs.data(), xs.size());
  BOOST_TEST((xs == bytes(100, 0)));
}

BOOST_AUTO_TEST_CASE(wiping_nothing_is_allowed) {
  wipe(nullptr, 0);
  secret empty;
  BOOST_TEST(empty.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_secret_keeps_every_byte_of_its_text) {
  using namespace std::string_view_literals;
  secret x{"pass\0wörd"sv};
  BOOST_TEST((x.view() == byte_view{"pass\0wörd"sv}));
}

BOOST_AUTO_TEST_CASE(copies_are_independent_and_moves_leave_nothing) {
  secret x{"one"};
  secret copy{x};
  secret moved{std::move(x)};
  copy = secret{"another"};
  BOOST_TEST((moved.view() == byte_view{std::string_view{"one"}}));
  BOOST_TEST((copy.view() == byte_view{std::string_view{"another"}}));
}

BOOST_AUTO_TEST_CASE(a_key_is_wiped_when_it_goes) {
  alignas(key) std::uint8_t storage[sizeof(key)];
  auto x = new (storage) key{bytes(key::size, 0xab)};
  BOOST_TEST_REQUIRE(storage[0] == 0xab);
  x->~key();
  BOOST_TEST((byte_view{storage, key::size} == byte_view{bytes(key::size, 0)}));
}

BOOST_AUTO_TEST_SUITE_END()
