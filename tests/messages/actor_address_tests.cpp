#include <cafmesh/actor_address.hpp>

#include <string>

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(actor_address_tests)

BOOST_AUTO_TEST_CASE(an_address_survives_as_text) {
  const actor_address x{peer_name::from_number(0x010203040506),
                        peer_uid{18446744073709551615u}, 42};
  const std::string text = "cafmesh:01:02:03:04:05:06/18446744073709551615/42";
  BOOST_TEST(to_string(x) == text);
  auto read = parse_actor_address(text);
  BOOST_TEST_REQUIRE(!!read);
  BOOST_TEST((*read == x));
}

BOOST_AUTO_TEST_CASE(an_address_of_a_hash_named_peer_survives_as_text) {
  auto name =
    peer_name::parse("00112233445566778899aabbccddeeff", name_flavour::hash);
  const actor_address x{*name, peer_uid{7}, 1};
  auto read = parse_actor_address(to_string(x));
  BOOST_TEST_REQUIRE(!!read);
  BOOST_TEST((*read == x));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_address_is_refused_and_quoted) {
  for (std::string text :
       {"", "cafmesh:", "cafmesh:01:02:03:04:05:06",
        "cafmesh:01:02:03:04:05:06/1", "cafmesh:01:02:03:04:05:06/1/",
        "cafmesh:01:02:03:04:05:06//2", "cafmesh:01:02:03:04:05:06/0/2",
        "cafmesh:01:02:03:04:05:06/1/0", "cafmesh:01:02:03:04:05:06/1/-2",
        "cafmesh:01:02:03:04:05:06/1/2/3", "cafmesh:01:02:03:04:05:06/1/2 ",
        "cafmesh:01:02:03:04:05:06/1/99999999999999999999",
        "cafmesh:00:00:00:00:00:00/1/2", "cafmesh:zz:02:03:04:05:06/1/2",
        "cafmesh:/1/2", "cafmesh:0011/1/2", "other:01:02:03:04:05:06/1/2"}) {
    auto read = parse_actor_address(text);
    BOOST_TEST(!read, text);
    if (!read) {
      BOOST_TEST(is(read.error(), errc::malformed));
      BOOST_TEST(describe(read.error()).find("'" + text + "'")
                 != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
