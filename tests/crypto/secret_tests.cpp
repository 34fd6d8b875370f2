#include "../../crypto/secret.hpp"
#include "../support/watched_memory.hpp"

#include <memory>
#include <new>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;
using namespace cafmesh::test;

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

BOOST_AUTO_TEST_CASE(a_secret_is_wiped_when_it_goes) {
  const bytes nothing(40, 0);
  auto goes = std::make_unique<secret>(std::string(40, 'x'));
  watch_memory(goes->view().data(), 40);
  goes.reset();
  BOOST_TEST((seen_in_watched_memory() == nothing));

  secret replaced{std::string(40, 'y')};
  watch_memory(replaced.view().data(), 40);
  replaced = secret{"another"};
  BOOST_TEST((seen_in_watched_memory() == nothing));

  secret moved{std::string(40, 'z')};
  watch_memory(moved.view().data(), 40);
  {
    secret to{std::move(moved)};
    BOOST_TEST(seen_in_watched_memory().empty());
  }
  BOOST_TEST((seen_in_watched_memory() == nothing));
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_wiped_is_seen_as_it_was) {
  auto text = std::make_unique<bytes>(40, std::uint8_t{7});
  watch_memory(text->data(), 40);
  text.reset();
  BOOST_TEST((seen_in_watched_memory() == bytes(40, 7)));
}

BOOST_AUTO_TEST_CASE(a_key_is_wiped_when_it_goes) {
  alignas(key) std::uint8_t storage[sizeof(key)];
  auto x = new (storage) key{bytes(key::size, 0xab)};
  BOOST_TEST_REQUIRE(storage[0] == 0xab);
  x->~key();
  BOOST_TEST((byte_view{storage, key::size} == byte_view{bytes(key::size, 0)}));
}

BOOST_AUTO_TEST_SUITE_END()
