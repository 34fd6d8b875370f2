#include "tools/meshd/mesh/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/meshd/mesh/listing.hpp"

using namespace meshd;

// Tests of telling UTF-8 texts from other bytes, and of finding the first text
// that sorts after given bytes.
namespace {

std::string behind(const std::string& x) {
  BOOST_TEST(!is_utf8(x));
  auto result = text_behind(x).value_or("nothing");
  BOOST_TEST((result == "nothing" || (result > x && is_utf8(result))));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(utf8_tests)

BOOST_AUTO_TEST_CASE(texts_are_told_from_other_bytes) {
  using namespace std::string_literals;
  for (const auto& x : {""s, "a\0b"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s,
                        "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
                        "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbfz"s})
    BOOST_TEST(is_utf8(x), x);
  for (const auto& x :
       {"\x80"s, "\xbf"s, "a\xc2"s, "\xc2z"s, "\xc0\x80"s, "\xc1\xbf"s,
        "\xe0\x9f\xbf"s, "\xe2\x82"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s,
        "\xf0\x8f\xbf\xbf"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s,
        "\xf8\x88\x80\x80\x80"s, "\xff"s})
    BOOST_TEST(!is_utf8(x), x);
}

BOOST_AUTO_TEST_CASE(the_first_text_behind_bytes_is_found) {
  BOOST_TEST(behind("\x80") == "\xc2\x80");
  BOOST_TEST(behind("a\xff") == "b");
  BOOST_TEST(behind("a\xc2") == "a\xc2\x80");
  BOOST_TEST(behind("a\xc2z") == "a\xc2\x80");
  BOOST_TEST(behind("\x7f\xff") == "\xc2\x80");
  BOOST_TEST(behind("\xed\xa0\x80") == "\xee\x80\x80");
  BOOST_TEST(behind("a\xf4\x8f\xbf\xbf\xff") == "b");
  BOOST_TEST(behind("\xf4\x8f\xbf\xbf\xff") == "nothing");
  BOOST_TEST(behind("\xff") == "nothing");
  std::string last = "a";
  for (int i = 0; i < 1000; ++i)
    last += "\xf4\x8f\xbf\xbf";
  BOOST_TEST(behind(last + "\xff") == "b");
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_passed_with_all_that_begins_alike) {
  const std::string most(longest_key - 1, 'x');
  BOOST_TEST((*listed_behind(most + "abc") == most + "b"));
  BOOST_TEST((*listed_behind(most + "\xc3\xa9") == most + "\xc4\x80"));
}

BOOST_AUTO_TEST_SUITE_END()
