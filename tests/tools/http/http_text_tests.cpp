#include "tools/http/text.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/http/event_stream.hpp"
#include "tools/http/problem.hpp"
#include "tools/http/server_parts.hpp"

// Tests of the text in answers of the HTTP server: headers, JSON, problems and
// events.
BOOST_AUTO_TEST_SUITE(http_text_tests)

BOOST_AUTO_TEST_CASE(gzip_is_sent_only_to_clients_that_take_it) {
  for (auto x : {"gzip", "GZIP", "br, gzip;q=0.5", "*", "deflate ,gzip ;q=1"})
    BOOST_TEST(http::accepts_gzip(x), x);
  for (auto x : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "identity"})
    BOOST_TEST(!http::accepts_gzip(x), x);
}

BOOST_AUTO_TEST_CASE(an_entity_tag_is_found_in_a_list) {
  for (auto x : {"\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"})
    BOOST_TEST(http::names_etag(x, "\"a\""), x);
  for (auto x : {"", "a", "\"b\"", "\"aa\""})
    BOOST_TEST(!http::names_etag(x, "\"a\""), x);
}

BOOST_AUTO_TEST_CASE(json_text_is_valid_for_every_byte) {
  auto json = [](std::string_view x) {
    std::string result;
    http::append_json(result, x);
    return result;
  };
  BOOST_TEST(json("a\"b\\c\n\t\x7f") == R"("a\"b\\c\n\u0009\u007f")");
  BOOST_TEST(json("\xc3\xa4\xf0\x9f\x98\x80")
             == "\"\xc3\xa4\xf0\x9f\x98\x80\"");
  for (auto x :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"})
    BOOST_TEST(json(x).find("\xef\xbf\xbd") == 1u);
}

BOOST_AUTO_TEST_CASE(a_problem_is_a_document) {
  BOOST_TEST(
    http::to_json({404, "no", "None.", "Look."})
    == "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":"
       "404,\"code\":\"no\",\"detail\":\"None.\",\"hint\":\"Look.\"}\n");
}

BOOST_AUTO_TEST_CASE(a_problem_without_a_hint_has_that_of_its_code_or_none) {
  BOOST_TEST(http::to_json({408, "too_slow", "Slow."})
               .find(",\"hint\":\"Send it at once.\"}")
             != std::string::npos);
  BOOST_TEST(http::to_json({404, "no", "None."}).find("hint")
             == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_header_cannot_end_its_line) {
  std::string to;
  http::append_header(to, "X", "a\r\nY: b");
  BOOST_TEST(to == "X: a  Y: b\r\n");
}

BOOST_AUTO_TEST_CASE(an_event_has_a_field_for_each_line_of_its_data) {
  BOOST_TEST(http::format_event("t", "e-1", "x")
             == "id: e-1\nevent: t\ndata: x\n\n");
  BOOST_TEST(http::format_event("", "", "a\nb\r\nc\rd")
             == "data: a\ndata: b\ndata: c\ndata: d\n\n");
}

BOOST_AUTO_TEST_SUITE_END()
