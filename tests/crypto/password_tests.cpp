#include <cafmesh/password.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/watched_memory.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

BOOST_AUTO_TEST_SUITE(password_tests)

BOOST_AUTO_TEST_CASE(a_default_password_is_empty) {
  BOOST_TEST(password{}.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_password_keeps_every_byte_of_its_text) {
  using namespace std::string_view_literals;
  password x{"pass\0wörd"sv};
  BOOST_TEST((x.view() == byte_view{"pass\0wörd"sv}));
}

BOOST_AUTO_TEST_CASE(copies_are_independent_and_moves_leave_nothing) {
  password x{"one"};
  password copy{x};
  password moved{std::move(x)};
  copy = password{"another"};
  BOOST_TEST((moved.view() == byte_view{std::string_view{"one"}}));
  BOOST_TEST((copy.view() == byte_view{std::string_view{"another"}}));
}

BOOST_AUTO_TEST_CASE(a_password_is_wiped_when_it_is_destroyed) {
  const bytes nothing(40, 0);
  auto goes = std::make_unique<password>(std::string(40, 'x'));
  watch_memory(goes->view().data(), 40);
  goes.reset();
  BOOST_TEST((seen_in_watched_memory() == nothing));

  password replaced{std::string(40, 'y')};
  watch_memory(replaced.view().data(), 40);
  replaced = password{"another"};
  BOOST_TEST((seen_in_watched_memory() == nothing));

  password moved{std::string(40, 'z')};
  watch_memory(moved.view().data(), 40);
  {
    password to{std::move(moved)};
    BOOST_TEST(seen_in_watched_memory().empty());
  }
  BOOST_TEST((seen_in_watched_memory() == nothing));
}

BOOST_AUTO_TEST_CASE(literals_and_strings_convert_to_passwords) {
  std::vector<password> xs;
  xs = {"one"};
  BOOST_TEST(xs.size() == 1u);
  xs = {"one", "another"};
  BOOST_TEST(xs.size() == 2u);
  BOOST_TEST((xs[1].view() == byte_view{std::string_view{"another"}}));
  const std::string text{"a third"};
  xs = {text};
  BOOST_TEST((xs[0].view() == byte_view{std::string_view{text}}));
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_wiped_is_detected) {
  auto text = std::make_unique<bytes>(40, std::uint8_t{7});
  watch_memory(text->data(), 40);
  text.reset();
  BOOST_TEST((seen_in_watched_memory() == bytes(40, 7)));
}

BOOST_AUTO_TEST_SUITE_END()
