#include <cafmesh/user_name.hpp>

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(user_name_tests)

BOOST_AUTO_TEST_CASE(a_mac_name_is_read_as_text) {
  auto name = name_from_user_input("::1", name_flavour::mac);
  BOOST_TEST_REQUIRE(!!name);
  BOOST_TEST(name->str() == "00:00:00:00:00:01");
}

BOOST_AUTO_TEST_CASE(text_that_is_not_a_mac_name_is_quoted) {
  auto name = name_from_user_input("host-7", name_flavour::mac);
  BOOST_TEST_REQUIRE(!name);
  BOOST_TEST(is(name.error(), errc::bad_peer_name));
  BOOST_TEST(describe(name.error()).find("host-7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_hash_name_is_half_the_sha_256_of_any_text) {
  auto name = name_from_user_input("abc", name_flavour::hash);
  BOOST_TEST_REQUIRE(!!name);
  BOOST_TEST(name->str() == "ba7816bf8f01cfea414140de5dae2223");
}

BOOST_AUTO_TEST_CASE(empty_text_has_a_hash_name) {
  auto name = name_from_user_input("", name_flavour::hash);
  BOOST_TEST_REQUIRE(!!name);
  BOOST_TEST(name->str() == "e3b0c44298fc1c149afbf4c8996fb924");
}

BOOST_AUTO_TEST_SUITE_END()
