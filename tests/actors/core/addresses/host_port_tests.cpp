#include "actors/core/addresses/host_port.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;

namespace {

std::string parse(const std::string& text) {
  auto x = host_port::parse(text);
  return x ? x->host + " " + std::to_string(x->port) : "bad";
}

std::string round_trip(const std::string& text) {
  auto x = host_port::parse(text);
  return x ? x->str() : "bad";
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_port_tests)

BOOST_AUTO_TEST_CASE(a_port_is_optional) {
  BOOST_TEST(parse("example.com") == "example.com 0");
  BOOST_TEST(parse("example.com:6783") == "example.com 6783");
  BOOST_TEST(parse("10.0.0.1:65535") == "10.0.0.1 65535");
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_before_a_port_is_in_brackets) {
  BOOST_TEST(parse("[::1]:6783") == "::1 6783");
  BOOST_TEST(parse("[::1]") == "::1 0");
  BOOST_TEST(parse("fe80::1%eth0") == "fe80::1%eth0 0");
  BOOST_TEST(parse("[fe80::1%eth0]:6783") == "fe80::1%eth0 6783");
  BOOST_TEST(parse("::ffff:10.0.0.1") == "::ffff:10.0.0.1 0");
}

BOOST_AUTO_TEST_CASE(text_and_value_convert_both_ways) {
  for (auto text : {"a", "a:1", "[::1]", "[::1]:80", "10.0.0.1:6783"})
    BOOST_TEST(round_trip(text) == text);
  BOOST_TEST(round_trip("[a]:80") == "a:80");
}

BOOST_AUTO_TEST_CASE(an_address_without_a_host_is_bad) {
  for (auto text : {"", ":", ":80", "[]", "[]:80"})
    BOOST_TEST(parse(text) == "bad", text);
}

BOOST_AUTO_TEST_CASE(a_port_is_a_number_from_1_to_65535) {
  for (auto text : {"a:", "a:0", "a:65536", "a:99999999999999999999", "a:-1",
                    "a:+1", "a:http", "a:1x", "a:0x1", "[::1]:", "[::1]80"})
    BOOST_TEST(parse(text) == "bad", text);
  BOOST_TEST(parse("a:00080") == "a 80");
}

BOOST_AUTO_TEST_CASE(extra_colons_are_bad_except_in_an_ipv6_address) {
  for (auto text :
       {"host:1:2", "a:b:c:x", "[a:1]:x", "http://a:1", "a:b:c",
        "10.0.0.1:6783:1", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1::2::3",
        "12345::", ":1::", "1::2:", "::1.2.3", "1.2.3.4::", "%eth0:1:2"})
    BOOST_TEST(parse(text) == "bad", text);
  for (auto text : {"::", "1::", "::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
                    "1:2:3:4:5:6:1.2.3.4", "fe80::aBcD:1%eth0"})
    BOOST_TEST(parse(text) == text + std::string{" 0"}, text);
}

// Without brackets, the port would be read as a part of the zone, and the
// default port would be dialled.
BOOST_AUTO_TEST_CASE(a_port_after_a_zone_needs_brackets) {
  for (auto text : {"fe80::1%eth0:6783", "[fe80::1%eth0:6783]", "fe80::1%"})
    BOOST_TEST(parse(text) == "bad", text);
}

BOOST_AUTO_TEST_CASE(misplaced_brackets_are_bad) {
  for (auto text : {"[::1", "::1]", "[[::1]]:1", "a[::1]:1", "[::1]:[2]"})
    BOOST_TEST(parse(text) == "bad", text);
}

BOOST_AUTO_TEST_CASE(spaces_and_control_characters_are_bad) {
  for (const auto& text :
       {std::string{"a b"}, std::string{" a"}, std::string{"a\n:1"},
        std::string{"a:1 "}, std::string{"a\0", 2}, std::string{"\x7f"}})
    BOOST_TEST(parse(text) == "bad", text);
}

BOOST_AUTO_TEST_CASE(the_error_quotes_the_text) {
  auto x = host_port::parse("a:\n1");
  BOOST_TEST_REQUIRE(!x);
  BOOST_TEST(is(x.error(), errc::bad_address));
  BOOST_TEST(describe(x.error()).find("'a:\\x0a1'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
