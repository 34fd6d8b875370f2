#include "messages/wire/gob_types.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using cafmesh::test::hex;

// Tests of skipping gob values of any type, guided by the type's definition.
namespace {

// The bodies of definitions; each name says what is defined.
constexpr auto slice_66_of_text = "02 01 02ff8400 010c 0000";
constexpr auto slice_66_of_bools = "02 01 02ff8400 0102 0000";
constexpr auto array_66_of_3_bools = "01 01 02ff8400 0102 0106 0000";
constexpr auto map_66_text_to_int = "04 01 02ff8400 010c 0104 0000";
constexpr auto opaque_66 = "05 01 02ff8400 0000";
// The type `struct { A []byte; B *itself }`.
constexpr auto struct_66 =
  "03 01 02ff8400 01 02 010141010a00 010142 01ff8400 0000";
constexpr auto slice_66_of_itself = "02 01 02ff8400 01ff84 0000";

struct fixture {
  bool define(std::int64_t number, std::string_view digits) {
    definitions.push_back(hex(digits));
    gob_cursor in{definitions.back()};
    return types.define(-number, in) && in.at_end();
  }

  bool skips(std::int64_t type, std::string_view digits) {
    auto input = hex(digits);
    gob_cursor in{input};
    return types.skip_value(in, type) && in.at_end();
  }

  std::vector<bytes> definitions;
  gob_type_table types;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gob_types_tests, fixture)

BOOST_AUTO_TEST_CASE(builtin_values_are_skipped) {
  for (std::int64_t number : {1, 2, 3, 4})
    BOOST_TEST(skips(number, "fe1234"));
  BOOST_TEST(skips(5, "021234"));
  BOOST_TEST(skips(6, "00"));
  BOOST_TEST(skips(7, "01 fe1234"));
}

BOOST_AUTO_TEST_CASE(a_slice_has_a_count_and_elements) {
  BOOST_TEST(define(66, slice_66_of_text));
  BOOST_TEST(skips(66, "02 0161 00"));
  BOOST_TEST(!skips(66, "03 0161 00"));
}

BOOST_AUTO_TEST_CASE(a_slice_may_have_elements_of_the_first_builtin_type) {
  BOOST_TEST(define(66, slice_66_of_bools));
  BOOST_TEST(skips(66, "02 01 00"));
}

BOOST_AUTO_TEST_CASE(an_array_has_as_many_elements_as_its_type_says) {
  BOOST_TEST(define(66, array_66_of_3_bools));
  BOOST_TEST(skips(66, "03 010001"));
  BOOST_TEST(!skips(66, "02 0100"));
}

BOOST_AUTO_TEST_CASE(a_map_has_pairs) {
  BOOST_TEST(define(66, map_66_text_to_int));
  BOOST_TEST(skips(66, "02 0161 02 0162 04"));
  BOOST_TEST(!skips(66, "02 0161 02 0162"));
}

BOOST_AUTO_TEST_CASE(a_self_encoding_type_is_a_run) {
  BOOST_TEST(define(66, opaque_66));
  BOOST_TEST(skips(66, "03 010203"));
}

BOOST_AUTO_TEST_CASE(fields_of_a_struct_are_found_by_their_names) {
  BOOST_TEST(define(66, struct_66));
  auto definition = types.find(66);
  BOOST_REQUIRE(definition != nullptr);
  BOOST_TEST(definition->fields.size() == 2u);
  BOOST_TEST(definition->fields[1].name == "B");
  BOOST_TEST(definition->fields[1].type == 66);
  BOOST_TEST(skips(66, "01 0161 01 02 00 00 00"));
  BOOST_TEST(!skips(66, "03 00"));
}

BOOST_AUTO_TEST_CASE(an_interface_value_is_a_name_a_number_and_a_run) {
  BOOST_TEST(skips(8, "0161 ff84 02 1234"));
  BOOST_TEST(skips(8, "00"));
  BOOST_TEST(skips(8, "0161 02 01 00"));
  BOOST_TEST(!skips(8, "0161 00 00"));
  BOOST_TEST(!skips(8, "0161 ff83 00"));
}

BOOST_AUTO_TEST_CASE(types_that_contain_themselves_end_at_the_depth_limit) {
  BOOST_TEST(define(66, slice_66_of_itself));
  BOOST_TEST(skips(66, "01 01 01 00"));
  std::string deep(2 * 10000, '0');
  for (std::size_t i = 1; i < deep.size(); i += 2)
    deep[i] = '1';
  BOOST_TEST(!skips(66, deep));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_bytes_is_an_error_at_once) {
  BOOST_TEST(define(66, slice_66_of_text));
  BOOST_TEST(!skips(66, "f8ffffffffffffffff 00"));
}

BOOST_AUTO_TEST_CASE(a_type_is_defined_once) {
  BOOST_TEST(define(66, slice_66_of_text));
  BOOST_TEST(!define(66, slice_66_of_text));
}

BOOST_AUTO_TEST_CASE(definitions_cannot_use_numbers_of_builtin_types) {
  for (std::int64_t number : {0, 1, 6, 23, 63, -66})
    BOOST_TEST(!define(number, slice_66_of_text));
  gob_cursor in{byte_view{}};
  BOOST_TEST(!types.define(INT64_MIN, in));
}

BOOST_AUTO_TEST_CASE(the_number_of_definitions_is_limited) {
  auto limit = static_cast<std::int64_t>(gob_type_table::max_definitions);
  for (std::int64_t i = 0; i < limit; ++i)
    BOOST_TEST(define(100 + i, slice_66_of_text));
  BOOST_TEST(!define(1000, slice_66_of_text));
}

BOOST_AUTO_TEST_CASE(damaged_definitions_are_errors) {
  for (auto digits :
       {"", "00", "08 00", "02 00", "02 01 02ff8400 0000", "04 02 0c 0000",
        "02 01 02ff8400 010c 00", "02 01 02ff8400 010c 00 01 00",
        "03 01 02ff8400 01 ff80", "03 01 02ff8400 01 01 02 0a 00 00 00"})
    BOOST_TEST(!define(66, digits), digits);
}

BOOST_AUTO_TEST_CASE(an_undefined_type_is_an_error) {
  BOOST_TEST(!skips(66, "00"));
  BOOST_TEST(!skips(0, "00"));
  BOOST_TEST(!skips(-1, "00"));
}

BOOST_AUTO_TEST_CASE(a_reader_collects_the_definitions_between_values) {
  auto stream =
    hex("0eff81040102ff8200010c01040000 07ff820001016104 040c000161");
  gob_reader reader{stream};
  gob_message value;
  BOOST_TEST((reader.next(value) == gob_status::complete));
  BOOST_TEST(value.type == 65);
  BOOST_TEST(reader.position() == 23u);
  BOOST_REQUIRE(reader.types().find(65) != nullptr);
  BOOST_TEST((reader.types().find(65)->shape == gob_shape::map));
  BOOST_TEST((reader.next(value) == gob_status::complete));
  BOOST_TEST(value.type == 6);
  BOOST_TEST((reader.next(value) == gob_status::end));
}

BOOST_AUTO_TEST_CASE(a_map_needs_types_of_both_its_keys_and_elements) {
  BOOST_TEST(!define(66, "04 01 02ff8400 010c 0000"));
  BOOST_TEST(!define(66, "04 01 02ff8400 020c 0000"));
}

BOOST_AUTO_TEST_SUITE_END()
