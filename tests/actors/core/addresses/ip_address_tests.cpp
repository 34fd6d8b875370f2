#include "actors/core/addresses/ip_address.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

std::string read(std::string_view text) {
  auto found = ip_address::parse(text);
  return found ? found->str() : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(ip_address_tests)

BOOST_AUTO_TEST_CASE(addresses_are_read_and_written_in_their_usual_form) {
  BOOST_TEST(read("127.0.0.1") == "127.0.0.1");
  BOOST_TEST(read("2001:DB8:0:0::1") == "2001:db8::1");
  BOOST_TEST(read("::") == "::");
  BOOST_TEST(read("::ffff:10.1.2.3") == "10.1.2.3");
}

// These texts are refused because other programs read some of them differently:
// as octal numbers, or as names to look up.
BOOST_AUTO_TEST_CASE(text_that_inet_pton_refuses_is_not_an_address) {
  for (auto text : {"127.0.0.08", "0177.0.0.1", "0x7f.0.0.1", "127.1", "1.2.3",
                    "1.2.3.4.5", "1.2.3.256", "", " 1.2.3.4", "1.2.3.4 ",
                    "fe80::1%eth0", "1::2::3", ":::", "host", "1.2.3.4:80"})
    BOOST_TEST(read(text) == "none", text);
  using namespace std::string_view_literals;
  BOOST_TEST(read("1.2.3.4\0x"sv) == "none");
}

BOOST_AUTO_TEST_CASE(a_zone_is_taken_off_an_ipv6_address) {
  BOOST_TEST(without_zone("fe80::1%eth0") == "fe80::1");
  BOOST_TEST(without_zone("fe80::1%2") == "fe80::1");
  for (auto text : {"fe80::1", "fe80::1%", "fe80::1%eth0:6783", "10.0.0.1%eth0",
                    "%eth0", "", "host%eth0"})
    BOOST_TEST(without_zone(text) == text);
}

BOOST_AUTO_TEST_CASE(mapped_addresses_are_version_4) {
  BOOST_TEST(ip_address::parse("1.2.3.4")->is_v4());
  BOOST_TEST(
    (*ip_address::parse("::ffff:1.2.3.4") == *ip_address::parse("1.2.3.4")));
  BOOST_TEST(!ip_address::parse("::1.2.3.4")->is_v4());
  BOOST_TEST(!ip_address::parse("::1")->is_v4());
}

BOOST_AUTO_TEST_CASE(loopback_is_a_network_of_ipv4_and_one_address_of_ipv6) {
  for (auto x : {"127.0.0.1", "127.255.255.255", "::ffff:127.0.0.1", "::1"})
    BOOST_TEST(ip_address::parse(x)->is_loopback(), x);
  for (auto x : {"126.255.255.255", "128.0.0.0", "0.0.0.1", "::", "::2",
                 "::127.0.0.1", "7f00::1", "1::1"})
    BOOST_TEST(!ip_address::parse(x)->is_loopback(), x);
}

BOOST_AUTO_TEST_CASE(the_unspecified_addresses_are_zero) {
  for (auto x : {"0.0.0.0", "::", "::ffff:0.0.0.0"})
    BOOST_TEST(ip_address::parse(x)->is_unspecified(), x);
  for (auto x : {"0.0.0.1", "1.0.0.0", "::1", "1::", "::1:0.0.0.0"})
    BOOST_TEST(!ip_address::parse(x)->is_unspecified(), x);
}

BOOST_AUTO_TEST_CASE(a_network_has_no_bits_after_its_prefix) {
  auto x = *ip_address::parse("2001:db8:ffff::1");
  BOOST_TEST(x.network(128).str() == "2001:db8:ffff::1");
  BOOST_TEST(x.network(33).str() == "2001:db8:8000::");
  BOOST_TEST(x.network(0).str() == "::");
  auto v4 = *ip_address::parse("10.20.30.40");
  BOOST_TEST(v4.network(ip_address::v4_prefix + 8).str() == "10.0.0.0");
}

BOOST_AUTO_TEST_SUITE_END()
