#include <cafmesh/subnet.hpp>

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;

namespace {

subnet net(const std::string& text) {
  auto parsed = subnet::parse(text);
  BOOST_TEST_REQUIRE(bool{parsed}, text);
  return *parsed;
}

void check_refused(const std::string& text) {
  auto parsed = subnet::parse(text);
  BOOST_TEST_REQUIRE(!parsed, text);
  BOOST_TEST(is(parsed.error(), errc::bad_setting), text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(subnet_tests)

// -- parsing

BOOST_AUTO_TEST_CASE(bits_after_the_prefix_are_dropped) {
  BOOST_TEST(net("10.1.2.3/8").str() == "10.0.0.0/8");
  BOOST_TEST(net("10.255.2.3/9").str() == "10.128.0.0/9");
  BOOST_TEST(net("2001:db8:ffff::1/33").str() == "2001:db8:8000::/33");
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_not_a_subnet) {
  check_refused("10.0.0.1");
  check_refused("fd00::1");
}

BOOST_AUTO_TEST_CASE(a_prefix_longer_than_the_address_is_refused) {
  check_refused("10.0.0.0/33");
  check_refused("fd00::/129");
  check_refused("10.0.0.0/4294967297");
}

BOOST_AUTO_TEST_CASE(a_prefix_consists_of_digits_only) {
  for (auto text : {"10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
                    "10.0.0.0/8 ", "10.0.0.0/0x8", "10.0.0.0/8/8"})
    check_refused(text);
}

BOOST_AUTO_TEST_CASE(text_without_a_numeric_address_is_refused) {
  for (auto text : {"", "/", "/8", "localhost/8", "10.0.0/8", "256.0.0.0/8",
                    "10.0.0.0:6783/8", "[fd00::]/8", "fd00:::/8"})
    check_refused(text);
}

BOOST_AUTO_TEST_CASE(an_error_quotes_the_text) {
  auto parsed = subnet::parse("10.0.0.0/99");
  BOOST_TEST_REQUIRE(!parsed);
  BOOST_TEST(describe(parsed.error()).find("10.0.0.0/99") != std::string::npos);
}

// -- containing

BOOST_AUTO_TEST_CASE(addresses_are_compared_bit_by_bit) {
  auto x = net("10.32.0.0/11");
  BOOST_TEST(x.contains("10.32.0.0"));
  BOOST_TEST(x.contains("10.63.255.255"));
  BOOST_TEST(!x.contains("10.64.0.0"));
  BOOST_TEST(!x.contains("10.31.255.255"));
  BOOST_TEST(!x.contains("11.32.0.0"));
}

BOOST_AUTO_TEST_CASE(the_longest_prefix_is_one_address) {
  BOOST_TEST(net("10.0.0.1/32").contains("10.0.0.1"));
  BOOST_TEST(!net("10.0.0.1/32").contains("10.0.0.0"));
  BOOST_TEST(net("fd00::1/128").contains("fd00:0:0::1"));
  BOOST_TEST(!net("fd00::1/128").contains("fd00::2"));
}

BOOST_AUTO_TEST_CASE(prefix_0_contains_every_address_of_its_version) {
  BOOST_TEST(net("0.0.0.0/0").contains("255.255.255.255"));
  BOOST_TEST(!net("0.0.0.0/0").contains("2001:db8::1"));
  BOOST_TEST(net("::/0").contains("2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(version_6_addresses_have_subnets_too) {
  BOOST_TEST(net("fd00::/8").contains("fdff:ffff::1"));
  BOOST_TEST(!net("fd00::/8").contains("fe00::1"));
}

BOOST_AUTO_TEST_CASE(the_zone_of_an_address_does_not_matter) {
  BOOST_TEST(net("fe80::/10").contains("fe80::1%eth0"));
  BOOST_TEST(!net("fd00::/8").contains("fe80::1%eth0"));
}

BOOST_AUTO_TEST_CASE(an_ipv4_mapped_address_counts_as_version_4) {
  BOOST_TEST(net("10.0.0.0/8").contains("::ffff:10.1.2.3"));
  BOOST_TEST(!net("10.0.0.0/8").contains("::ffff:11.1.2.3"));
}

// If an IPv6 subnet could contain IPv4 addresses, a node that trusts `::/0`
// would also trust every IPv4 address.
BOOST_AUTO_TEST_CASE(a_version_4_address_is_in_no_version_6_subnet) {
  BOOST_TEST(!net("::/0").contains("10.0.0.1"));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_a_numeric_address_is_in_no_subnet) {
  for (auto text : {"", "localhost", "10.0.0.1:6783", "[fd00::1]", "10.0.0"})
    BOOST_TEST(!net("0.0.0.0/0").contains(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
