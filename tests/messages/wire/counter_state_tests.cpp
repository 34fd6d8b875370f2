#include "messages/wire/counter_state.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::wire;
using cafmesh::test::hex;

// Tests of the encoding of counters, which is the same as in the Go library's
// example program.
namespace {

const auto hash_name =
  *peer_name::parse("330027368b34f9c69776b4591532da1c", name_flavour::hash);

counter_map some_counters(name_flavour flavour) {
  switch (flavour) {
  case name_flavour::hash:
    return {{hash_name, INT64_MIN}};
  case name_flavour::mac:
    break;
  }
  return {{peer_name::from_number(1), 2},
          {peer_name::from_number(3), -4},
          {peer_name::from_number(5), INT64_MAX}};
}

caf::expected<counter_map> read_all(byte_view input, name_flavour flavour,
                                    std::size_t* surplus = nullptr) {
  counter_map result;
  auto take = [&](peer_name who, std::int64_t number) {
    return result.emplace(who, number).second;
  };
  if (auto err = read_counters(input, flavour, take, surplus))
    return err;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(counter_state_tests)

BOOST_AUTO_TEST_CASE(counters_round_trip) {
  for (auto flavour : all_name_flavours)
    for (const auto& xs : {some_counters(flavour), counter_map{}}) {
      bytes out;
      append_counters(out, xs, flavour);
      auto result = read_all(out, flavour);
      BOOST_REQUIRE(result);
      BOOST_TEST((*result == xs));
    }
}

BOOST_AUTO_TEST_CASE(go_writes_the_same_bytes) {
  bytes out;
  append_counters(out, {}, name_flavour::mac);
  BOOST_TEST(to_hex(out) == "0eff81040102ff820001060104000004ff820000");
}

BOOST_AUTO_TEST_CASE(go_bytes_are_read_whatever_the_type_number) {
  auto input = hex("0eff81040102ff8200010601040000 1aff820004 fa010000000000 "
                   "f8ffffffffffffffff 0500 0104 0307");
  auto result = read_all(input, name_flavour::mac);
  BOOST_REQUIRE(result);
  BOOST_TEST(result->size() == 4u);
  BOOST_TEST((*result)[peer_name::from_number(1)] == 2);
  BOOST_TEST((*result)[peer_name::from_number(3)] == -4);
  BOOST_TEST((*result)[peer_name::from_number(1ull << 40)] == INT64_MIN);
  input =
    hex("0eff83040102ff8400010c01040000 26ff840001 "
        "203333303032373336386233346639633639373736623435393135333264613163 "
        "04");
  result = read_all(input, name_flavour::hash);
  BOOST_REQUIRE(result);
  BOOST_TEST((*result == counter_map{{hash_name, 2}}));
}

BOOST_AUTO_TEST_CASE(counters_truncated_anywhere_are_malformed) {
  for (auto flavour : all_name_flavours) {
    bytes out;
    append_counters(out, some_counters(flavour), flavour);
    for (std::size_t size = 0; size < out.size(); ++size)
      BOOST_TEST(
        is(read_all({out.data(), size}, flavour).error(), errc::malformed));
  }
}

BOOST_AUTO_TEST_CASE(counters_of_the_other_flavour_are_malformed) {
  bytes out;
  append_counters(out, {}, name_flavour::mac);
  BOOST_TEST(is(read_all(out, name_flavour::hash).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_repeated_name_is_malformed) {
  auto input = hex("0eff81040102ff8200010601040000 08ff820002 0102 0104");
  BOOST_TEST(is(read_all(input, name_flavour::mac).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_a_name_is_an_error) {
  auto input = hex("0eff81040102ff8200010601040000 0dff820001 "
                   "f901000000000000 02");
  BOOST_TEST(
    is(read_all(input, name_flavour::mac).error(), errc::bad_peer_name));
  input = hex("0eff81040102ff8200010c01040000 07ff820001 0161 02");
  BOOST_TEST(
    is(read_all(input, name_flavour::hash).error(), errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_counters_are_ignored) {
  // A Go program may add pairs to a map while it encodes the map. The bytes
  // then have more pairs than they announce.
  for (auto text : {"0eff81040102ff8200010601040000 06ff820001 0102 00",
                    "0eff81040102ff8200010601040000 08ff820001 0102 0304",
                    "0eff81040102ff8200010601040000 06ff820001 0102"}) {
    std::size_t surplus = 0;
    auto result = read_all(hex(text), name_flavour::mac, &surplus);
    BOOST_TEST_REQUIRE(result.engaged(), text);
    BOOST_TEST(surplus == hex(text).size() - 22, text);
    BOOST_TEST((*result == counter_map{{peer_name::from_number(1), 1}}), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
