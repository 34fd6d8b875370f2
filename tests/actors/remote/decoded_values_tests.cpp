#include "actors/caf_version/decoded_values.hpp"

#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/deserializer.hpp>
#include <caf/make_type_erased_value.hpp>
#include <caf/serializer.hpp>
#include <caf/type_nr.hpp>

using namespace cafmesh;

// Tests of the elements of a received message.
BOOST_AUTO_TEST_SUITE(decoded_values_tests)

BOOST_AUTO_TEST_CASE(decoded_values_are_like_a_message) {
  caf_version::decoded_values all;
  BOOST_TEST(all.type_token() == caf::make_type_token<>());
  for (int i = 0; i < 5; ++i)
    all.add(caf::make_type_erased_value<std::int32_t>(i));
  all.add(caf::make_type_erased_value<std::string>("six"));
  using i32 = std::int32_t;
  BOOST_TEST((all.match_elements<i32, i32, i32, i32, i32, std::string>()));
  BOOST_TEST((all.type_token()
              == caf::make_type_token<i32, i32, i32, i32, i32, std::string>()));
  BOOST_TEST(all.get_as<i32>(4) == 4);
  all.get_mutable_as<i32>(4) = 7;
  auto copied = all.copy_to_message();
  auto moved = all.move_to_message();
  BOOST_TEST(all.size() == 0u);
  BOOST_TEST(to_string(moved) == R"__((0, 1, 2, 3, 7, "six"))__");
  BOOST_TEST(to_string(copied) == to_string(moved));
}

BOOST_AUTO_TEST_CASE(atoms_are_elements_like_others) {
  const auto first = caf::atom("first");
  const auto last = caf::atom("last");
  using atom = caf::atom_value;
  caf_version::decoded_values all;
  all.add(first);
  all.add(caf::make_type_erased_value<std::string>("text"));
  all.add(caf::make_type_erased_value<atom>(first));
  all.add(last);
  BOOST_TEST((all.match_elements<atom, std::string, atom, atom>()));
  BOOST_TEST((all.type_token()
              == caf::make_type_token<atom, std::string, atom, atom>()));
  BOOST_CHECK(all.atom_at(0) && *all.atom_at(0) == first);
  BOOST_CHECK(!all.atom_at(1) && !all.atom_at(2) && !all.atom_at(3));
  BOOST_CHECK(all.get_as<atom>(3) == last);
  all.get_mutable_as<atom>(0) = last;
  BOOST_TEST(all.stringify(0) == "'last'");
  auto other = std::move(all);
  BOOST_TEST(all.size() == 0u);
  auto copied = other.copy_to_message();
  auto moved = other.move_to_message();
  BOOST_TEST(to_string(moved) == "('last', \"text\", 'first', 'last')");
  BOOST_TEST(to_string(copied) == to_string(moved));
}

BOOST_AUTO_TEST_SUITE_END()
