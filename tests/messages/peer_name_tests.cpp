#include <cafmesh/peer_name.hpp>

#include <string>
#include <unordered_set>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using cafmesh::test::hex;

namespace {

constexpr auto some_hash = "0123456789abcdeffedcba9876543210";

std::string mac(std::string_view text) {
  auto result = peer_name::parse(text, name_flavour::mac);
  return result ? result->str() : describe(result.error());
}

std::string error_of(std::string_view text, name_flavour flavour) {
  auto result = peer_name::parse(text, flavour);
  return result ? "no error" : describe(result.error());
}

bool is_bad(std::string_view text, name_flavour flavour) {
  auto result = peer_name::parse(text, flavour);
  return !result && is(result.error(), errc::bad_peer_name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(peer_name_tests)

BOOST_AUTO_TEST_CASE(a_mac_name_has_a_number_and_a_text_form) {
  auto name = peer_name::from_number(0x0102030405ff);
  BOOST_TEST(name.str() == "01:02:03:04:05:ff");
  BOOST_TEST(
    (peer_name::parse("01:02:03:04:05:ff", name_flavour::mac) == name));
}

BOOST_AUTO_TEST_CASE(bits_beyond_48_are_discarded) {
  BOOST_TEST(peer_name::from_number(0xabcd'0000'0000'0001u).number() == 1u);
}

BOOST_AUTO_TEST_CASE(groups_may_be_short_and_of_either_case) {
  BOOST_TEST(mac("1:2:a:B:cC:DD") == "01:02:0a:0b:cc:dd");
}

BOOST_AUTO_TEST_CASE(a_double_colon_stands_for_missing_groups) {
  BOOST_TEST(mac("::1:2:3:4") == "00:00:01:02:03:04");
  BOOST_TEST(mac("1:2::3:4") == "01:02:00:00:03:04");
  BOOST_TEST(mac("1::") == "01:00:00:00:00:00");
  BOOST_TEST(mac("::1") == "00:00:00:00:00:01");
  BOOST_TEST(mac("1::2") == "01:00:00:00:00:02");
}

BOOST_AUTO_TEST_CASE(a_double_colon_replaces_at_least_two_groups) {
  BOOST_TEST(is_bad("1:2:3:4:5::", name_flavour::mac));
  BOOST_TEST(is_bad("::1:2:3:4:5", name_flavour::mac));
  BOOST_TEST(is_bad("::", name_flavour::mac));
}

BOOST_AUTO_TEST_CASE(other_text_is_not_a_mac_name) {
  for (auto text :
       {"", ":", ":::", "1", "1:2:3:4:5", "1:2:3:4:5:6:7", "001:2:3:4:5:6",
        "1:2:3:4:5:", ":1:2:3:4:5", "1::2::3", "1:::2", "g:2:3:4:5:6",
        "1:2:3:4:5:6 ", "-1:2:3:4:5:6", "1.2.3.4.5.6", some_hash})
    BOOST_TEST(is_bad(text, name_flavour::mac), text);
}

BOOST_AUTO_TEST_CASE(a_hash_name_is_32_digits_of_either_case_or_nothing) {
  auto name =
    peer_name::parse("0123456789ABCDEFfedcba9876543210", name_flavour::hash);
  BOOST_REQUIRE(name);
  BOOST_TEST(name->str() == some_hash);
  BOOST_TEST((peer_name::parse("", name_flavour::hash)
              == peer_name::unknown(name_flavour::hash)));
  for (auto text : {"01", "0123456789abcdeffedcba987654321",
                    "0123456789abcdeffedcba98765432101",
                    "0123456789abcdeffedcba987654321g", "01:02:03:04:05:06"})
    BOOST_TEST(is_bad(text, name_flavour::hash), text);
}

BOOST_AUTO_TEST_CASE(an_error_quotes_the_text) {
  BOOST_TEST(error_of("zz", name_flavour::mac).find("'zz'")
             != std::string::npos);
  BOOST_TEST(error_of("zz", name_flavour::hash).find("'zz'")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_binary_form_round_trips) {
  for (auto [digits, flavour] : {std::pair{"010203040506", name_flavour::mac},
                                 std::pair{some_hash, name_flavour::hash}}) {
    auto name = peer_name::from_bytes(hex(digits), flavour);
    BOOST_REQUIRE(name);
    bytes out;
    name->append_to(out);
    BOOST_TEST(to_hex(out) == digits);
    BOOST_TEST(out.size() == name->size());
  }
}

BOOST_AUTO_TEST_CASE(a_binary_form_of_another_size_is_an_error) {
  for (std::size_t size = 1; size < 20; ++size)
    for (auto flavour : all_name_flavours) {
      auto name = peer_name::from_bytes(bytes(size, 1), flavour);
      auto fits = size == peer_name::unknown(flavour).size();
      BOOST_TEST(static_cast<bool>(name) == fits, size);
    }
}

BOOST_AUTO_TEST_CASE(no_bytes_and_all_zeros_are_the_unknown_peer) {
  for (auto flavour : all_name_flavours) {
    BOOST_TEST(peer_name::from_bytes({}, flavour)->is_unknown());
    auto size = peer_name::unknown(flavour).size();
    BOOST_TEST(peer_name::from_bytes(bytes(size), flavour)->is_unknown());
  }
  BOOST_TEST(peer_name{}.is_unknown());
  BOOST_TEST(!peer_name::from_number(1).is_unknown());
}

BOOST_AUTO_TEST_CASE(names_sort_by_their_bytes) {
  auto hash = [](const char* digits) {
    return *peer_name::from_bytes(hex(digits), name_flavour::hash);
  };
  BOOST_TEST((peer_name::from_number(2) < peer_name::from_number(0x100)));
  BOOST_TEST((hash("00000000000000010000000000000000")
              < hash("00000000000000010000000000000001")));
  BOOST_TEST((hash("0000000000000000ffffffffffffffff")
              < hash("80000000000000000000000000000000")));
}

BOOST_AUTO_TEST_CASE(names_of_different_flavours_differ) {
  auto x = peer_name::unknown(name_flavour::mac);
  auto y = peer_name::unknown(name_flavour::hash);
  BOOST_TEST((x != y));
  BOOST_TEST(((x < y) != (y < x)));
}

BOOST_AUTO_TEST_CASE(numbered_names_have_different_hashes) {
  std::unordered_set<std::size_t> low_bits;
  for (std::uint64_t i = 0; i < 256; ++i)
    low_bits.insert(peer_name::from_number(i << 40).hash() % 4096);
  BOOST_TEST(low_bits.size() > 200u);
}

BOOST_AUTO_TEST_CASE(flavours_have_names) {
  BOOST_TEST((parse_name_flavour("mac") == name_flavour::mac));
  BOOST_TEST((parse_name_flavour("hash") == name_flavour::hash));
  BOOST_TEST(is(parse_name_flavour("Mac").error(), errc::bad_setting));
  BOOST_TEST(to_string(name_flavour::hash) == "hash");
}

BOOST_AUTO_TEST_SUITE_END()
