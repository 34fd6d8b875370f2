#include <cafmesh/escaped.hpp>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(escaped_tests)

BOOST_AUTO_TEST_CASE(plain_text_is_quoted) {
  BOOST_TEST(escaped_in_quotes("host:1") == "'host:1'");
  BOOST_TEST(escaped_in_quotes("") == "''");
}

BOOST_AUTO_TEST_CASE(characters_that_could_forge_a_line_are_escaped) {
  BOOST_TEST(escaped_in_quotes("a\r\n\x1b\x7f\xff'\\")
             == R"('a\x0d\x0a\x1b\x7f\xff\x27\x5c')");
}

BOOST_AUTO_TEST_CASE(long_text_is_visibly_truncated) {
  BOOST_TEST(escaped_in_quotes("abcdef", 3) == "'abc'...");
  BOOST_TEST(escaped_in_quotes("abc", 3) == "'abc'");
}

BOOST_AUTO_TEST_SUITE_END()
