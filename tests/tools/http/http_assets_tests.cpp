#include "tools/http/assets.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"

// Tests of how the HTTP server serves the files of a page.
namespace test {

http::asset_table assets(); // made by embed_assets.cmake

} // namespace test

namespace {

struct fixture {
  fixture() : shared(make_shared()), one(shared) {
  }

  static std::shared_ptr<http::server_parts> make_shared() {
    auto result = std::make_shared<http::server_parts>(http::server_options{});
    result->set_tokens("reader", "writer");
    http::add_assets(result->paths, test::assets());
    return result;
  }

  std::string get(const std::string& path, const std::string& header = {}) {
    one.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header
             + (header.empty() ? "\r\n" : "\r\n\r\n"));
    return one.got();
  }

  std::shared_ptr<http::server_parts> shared;
  http_in_memory::client one;
};

bool has(const std::string& in, std::string_view what) {
  return in.find(what) != std::string::npos;
}

std::string etag_of(const std::string& answer) {
  auto begin = answer.find("ETag: ") + 6;
  return answer.substr(begin, answer.find('\r', begin) - begin);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_assets_tests, fixture)

BOOST_AUTO_TEST_CASE(the_page_is_served_without_a_token_at_both_paths) {
  for (auto path : {"/", "/index.html"}) {
    auto got = get(path);
    BOOST_TEST(has(got, "HTTP/1.1 200"));
    BOOST_TEST(has(got, "Content-Type: text/html; charset=utf-8\r\n"));
    BOOST_TEST(has(got, "Cache-Control: no-cache\r\n"));
    BOOST_TEST(has(got, "\r\n\r\n<!doctype html>"));
    BOOST_TEST(!has(got, "Content-Encoding"));
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_gzip_gets_it) {
  auto plain = get("/");
  auto packed = get("/", "Accept-Encoding: br, gzip");
  BOOST_TEST(has(packed, "Content-Encoding: gzip\r\n"));
  BOOST_TEST(has(packed, "Vary: Accept-Encoding\r\n"));
  BOOST_TEST(has(packed, "\r\n\r\n\x1f\x8b"));
  BOOST_TEST(packed.size() < plain.size());
}

BOOST_AUTO_TEST_CASE(an_asset_that_gzip_makes_larger_is_sent_as_it_is) {
  auto got = get("/assets/tiny.txt", "Accept-Encoding: gzip");
  BOOST_TEST(!has(got, "Content-Encoding"));
  BOOST_TEST(has(got, "\r\n\r\nx"));
}

BOOST_AUTO_TEST_CASE(a_client_that_has_the_asset_is_told_so) {
  auto etag = etag_of(get("/"));
  BOOST_TEST(etag.size() == 18u);
  auto got = get("/", "If-None-Match: \"other\", W/" + etag);
  BOOST_TEST(has(got, "HTTP/1.1 304"));
  BOOST_TEST(!has(got, "<!doctype"));
  BOOST_TEST(!has(got, "Content-Length"));
  BOOST_TEST(has(get("/", "If-None-Match: \"other\""), "HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(an_asset_with_a_digest_in_its_name_may_be_kept) {
  auto got = get("/assets/page-0123abcd.js");
  BOOST_TEST(has(got, "Cache-Control: public, max-age=31536000, immutable"));
  BOOST_TEST(has(got, "Content-Type: text/javascript; charset=utf-8\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
