#include "messages/wire/gob_map.hpp"

#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using cafmesh::test::hex;

namespace {

// The gob stream of map[string]int{"a": 2}.
constexpr auto one_pair = "0eff81040102ff8200010c01040000 07ff820001016104";

std::map<std::string, std::int64_t> read(gob_map_reader& pairs) {
  std::map<std::string, std::int64_t> result;
  while (pairs.next()) {
    std::string key{pairs.cursor().read_run().as_text()};
    result[key] = pairs.cursor().read_int();
  }
  return result;
}

std::string problem_with(byte_view input) {
  gob_map_reader pairs{input, gob_type::text, gob_type::signed_int};
  read(pairs);
  auto problem = pairs.problem();
  return problem != nullptr ? problem : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(gob_map_tests)

BOOST_AUTO_TEST_CASE(a_map_round_trips) {
  bytes pairs;
  append_gob_run(pairs, byte_view{std::string_view{"a"}});
  append_gob_int(pairs, 2);
  bytes out;
  append_gob_map(out, gob_type::text, gob_type::signed_int, 1, pairs);
  BOOST_TEST((out == hex(one_pair)));
  gob_map_reader reader{out, gob_type::text, gob_type::signed_int};
  auto found = read(reader);
  BOOST_TEST((found == std::map<std::string, std::int64_t>{{"a", 2}}));
  BOOST_TEST(reader.problem() == nullptr);
  BOOST_TEST(reader.size() == out.size());
}

BOOST_AUTO_TEST_CASE(bytes_after_the_map_are_left_unread) {
  auto input = hex(std::string{one_pair} + "040c000161");
  BOOST_TEST(problem_with(input) == "none");
  gob_map_reader reader{input, gob_type::text, gob_type::signed_int};
  BOOST_TEST(reader.size() == 23u);
}

BOOST_AUTO_TEST_CASE(a_map_of_other_types_fails) {
  auto input = hex(one_pair);
  for (auto [key, element] :
       {std::pair{gob_type::text, gob_type::text},
        std::pair{gob_type::unsigned_int, gob_type::signed_int}}) {
    gob_map_reader reader{input, key, element};
    BOOST_TEST(!reader.cursor().ok());
    BOOST_TEST(!reader.next());
    BOOST_TEST(reader.problem() == "another type or a damaged value");
  }
  BOOST_TEST(problem_with(hex("040c000161"))
             == "another type or a damaged value");
}

BOOST_AUTO_TEST_CASE(a_map_truncated_anywhere_is_incomplete) {
  auto input = hex(one_pair);
  for (std::size_t size = 0; size < input.size(); ++size)
    BOOST_TEST(problem_with(byte_view{input}.sub(0, size))
               == "a damaged or incomplete stream");
}

BOOST_AUTO_TEST_CASE(a_wrong_count_is_damage) {
  for (auto count : {"00", "02"})
    BOOST_TEST(problem_with(hex(std::string{"0eff81040102ff8200010c01040000 "
                                            "07ff8200"}
                                + count + "016104"))
               == "another type or a damaged value");
}

BOOST_AUTO_TEST_CASE(a_count_that_is_too_low_may_be_ignored) {
  for (auto count : {"00", "01", "02"}) {
    auto input = hex(std::string{"0eff81040102ff8200010c01040000 07ff8200"}
                     + count + "016104");
    gob_map_reader reader{input, gob_type::text, gob_type::signed_int};
    read(reader);
    BOOST_TEST((reader.problem_in_pairs() == nullptr)
               == (count != std::string{"02"}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
