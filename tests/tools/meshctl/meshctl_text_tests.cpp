#include <boost/test/unit_test.hpp>

#include <string>

#include "tools/meshctl/text/command_names.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/text/http_date.hpp"
#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/terminal_text.hpp"
#include "tools/meshctl/text/units.hpp"

using namespace meshctl;

// Tests of the text that meshctl prints: escapes, columns and tables.
namespace {

using namespace std::string_literals;

std::string of_time(const char* text) {
  auto x = parse_time(text);
  return x ? std::to_string(x->count()) : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(meshctl_text_tests)

BOOST_AUTO_TEST_CASE(control_characters_become_visible) {
  BOOST_TEST(visible("a\x1b[2Jb\x07\x7f") == "a\\x1B[2Jb\\x07\\x7F");
  BOOST_TEST(visible("a\nb\rc\td\\") == "a\\nb\\rc\\td\\\\");
  BOOST_TEST(visible("\0"s) == "\\x00");
  BOOST_TEST(visible("\xC2\x9B"
                     "31m")
             == "\\u{9B}31m");
}

BOOST_AUTO_TEST_CASE(hints_of_the_api_name_commands) {
  BOOST_TEST(with_commands("PUT /v1/channels/chat joins it.")
             == "meshctl join chat joins it.");
  BOOST_TEST(with_commands("no peer is connected; GET /v1/targets says why")
             == "no peer is connected; meshctl targets says why");
  BOOST_TEST(with_commands("Correct the address, then POST it to /v1/targets.")
             == "Correct the address, then give it to meshctl connect.");
  BOOST_TEST(with_commands("GET /v1/kv lists the keys.")
             == "meshctl kv list shows the keys.");
  BOOST_TEST(with_commands("GET /v1/sets/fruit lists its elements.")
             == "meshctl set list fruit lists its elements.");
  BOOST_TEST(with_commands("Wait.") == "Wait.");
}

BOOST_AUTO_TEST_CASE(characters_that_change_direction_or_hide_become_visible) {
  BOOST_TEST(visible("\u202Egpj.exe") == "\\u{202E}gpj.exe");
  for (auto x : {"\u061C", "\u200B", "\u200D", "\u200F", "\u2028", "\u2066",
                 "\u2069", "\uFEFF", "\u00AD", "\U000E0041", "\uE000"})
    BOOST_TEST(visible(x).compare(0, 3, "\\u{") == 0);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_become_visible) {
  BOOST_TEST(visible("\xff\xc0\x80") == "\\xFF\\xC0\\x80");
  BOOST_TEST(visible("\xe2\x82") == "\\xE2\\x82");
  BOOST_TEST(visible("\xf4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");
  BOOST_TEST(visible("\xe0\x80\x80") == "\\xE0\\x80\\x80");
}

BOOST_AUTO_TEST_CASE(other_text_stays_as_it_is_where_utf8_is_shown) {
  BOOST_TEST(visible("Grüße, 世界 🙂") == "Grüße, 世界 🙂");
  BOOST_TEST(visible("ü世", false) == "\\u{FC}\\u{4E16}");
}

BOOST_AUTO_TEST_CASE(columns_count_wide_and_combining_characters) {
  BOOST_TEST(columns("abc") == 3u);
  BOOST_TEST(columns("世界") == 4u);
  BOOST_TEST(columns("e\u0301") == 1u);
}

BOOST_AUTO_TEST_CASE(text_is_cut_between_characters) {
  BOOST_TEST(cut("abcdef", 6) == "abcdef");
  BOOST_TEST(cut("abcdef", 4) == "abc~");
  BOOST_TEST(cut("世界世界", 4) == "世~");
  BOOST_TEST(cut("abc", 0).empty());
}

BOOST_AUTO_TEST_CASE(a_table_aligns_its_columns) {
  table x{screen{}, "peers", {{"NAME"}, {"SIZE", true}}};
  x.add({"a", "1"});
  x.add({"世界", "1000"});
  BOOST_TEST(x.str() == "NAME  SIZE\na        1\n世界  1000\n");
}

BOOST_AUTO_TEST_CASE(a_table_fits_the_width_of_the_terminal) {
  screen narrow;
  narrow.width = 14;
  table x{narrow, "peers", {{"NAME"}, {"TEXT"}}};
  x.add({"a", "0123456789"});
  BOOST_TEST(x.str() == "NAME  TEXT\na     0123456~\n");
}

BOOST_AUTO_TEST_CASE(a_cell_cannot_break_a_table) {
  table x{screen{}, "peers", {{"NAME"}}};
  x.add({"a\nb\x1b[31m"});
  BOOST_TEST(x.str() == "NAME\na\\nb\\x1B[31m\n");
}

BOOST_AUTO_TEST_CASE(an_empty_cell_and_an_empty_table_are_seen_to_be_empty) {
  table x{screen{}, "peers", {{"NAME"}, {"ERROR"}}};
  BOOST_TEST(x.str() == "No peers.\n");
  x.add({"a", ""});
  BOOST_TEST(x.str() == "NAME  ERROR\na     -\n");
}

BOOST_AUTO_TEST_CASE(times_are_read_with_their_units) {
  BOOST_TEST(of_time("30s") == "30000");
  BOOST_TEST(of_time("500ms") == "500");
  BOOST_TEST(of_time("1.5") == "1500");
  BOOST_TEST(of_time("2m") == "120000");
  BOOST_TEST(of_time("1h") == "3600000");
  for (auto x : {"", "s", "-1s", "1x", "1.2.3s", "1e3s", "99999999h", "inf"})
    BOOST_TEST(of_time(x) == "none");
}

BOOST_AUTO_TEST_CASE(figures_are_written_with_units) {
  BOOST_TEST(time_text(0.000012) == "12 us");
  BOOST_TEST(time_text(0.0015) == "1.5 ms");
  BOOST_TEST(time_text(90) == "90 s");
  BOOST_TEST(time_text(12000) == "3 h 20 min");
  BOOST_TEST(bytes_text(17) == "17 B");
  BOOST_TEST(bytes_text(1258291) == "1.2 MiB");
}

BOOST_AUTO_TEST_CASE(base64_is_read_and_written) {
  for (auto x : {""s, "a"s, "ab"s, "abc"s, "\0\xff\x10"s})
    BOOST_TEST(from_base64(to_base64(x)).value() == x);
  BOOST_TEST(to_base64("any carnal pleas") == "YW55IGNhcm5hbCBwbGVhcw==");
  for (auto x : {"a", "a===", "YQ=", "Y*==", "YQ==YQ=="})
    BOOST_TEST(!from_base64(x));
}

BOOST_AUTO_TEST_CASE(paths_are_percent_encoded) {
  BOOST_TEST(percent_encoded("a b/ü?#%", "/") == "a%20b/%C3%BC%3F%23%25");
  BOOST_TEST(percent_encoded("00:01") == "00%3A01");
}

BOOST_AUTO_TEST_CASE(the_date_of_a_response_is_read) {
  BOOST_TEST(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value()
             == 784111777.0);
  BOOST_TEST(!parse_http_date("yesterday"));
}

BOOST_AUTO_TEST_SUITE_END()
