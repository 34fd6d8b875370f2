#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/http/endpoint.hpp"
#include "tools/meshctl/http/event_parser.hpp"

using namespace meshctl;

// Tests of meshctl as an HTTP client: addresses, tokens and streams of events.
namespace {

std::vector<server_event> events_of(const std::vector<std::string>& parts) {
  std::vector<server_event> result;
  event_parser parser;
  for (const auto& x : parts)
    parser.feed(x, [&](const server_event& event) {
      result.push_back(event);
      return true;
    });
  return result;
}

bool is_refused(const std::string& address) {
  try {
    parse_endpoint(address);
    return false;
  } catch (const failure& x) {
    return x.code() == exit_code::usage;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(meshctl_http_tests)

BOOST_AUTO_TEST_CASE(an_address_has_a_host_and_a_port) {
  BOOST_TEST(host_header(parse_endpoint("127.0.0.1:80")) == "127.0.0.1");
  BOOST_TEST(host_header(parse_endpoint("node")) == "node:6784");
  BOOST_TEST(host_header(parse_endpoint("http://node:1/")) == "node:1");
  BOOST_TEST(host_header(parse_endpoint("[::1]:99")) == "[::1]:99");
  BOOST_TEST(host_header(parse_endpoint("::1")) == "[::1]:6784");
  BOOST_TEST(host_header(parse_endpoint("https://node")) == "node");
  BOOST_TEST(parse_endpoint("https://node").is_tls);
  auto local = parse_endpoint("unix:/run/meshd.sock");
  BOOST_TEST(local.is_unix);
  BOOST_TEST(local.host == "/run/meshd.sock");
  BOOST_TEST(host_header(local) == "localhost");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_bad_usage) {
  for (auto x : {"", "unix:", "host:", "host:0", "host:65536", "host:x",
                 "ho st", "a/b", "[::1]x", "http://", "a@b", "a\r\nX: y"})
    BOOST_TEST(is_refused(x), x << " is taken");
}

BOOST_AUTO_TEST_CASE(a_printed_address_means_the_same) {
  for (auto x : {"a:6784", "a:80", "https://a", "https://a:80", "[::1]:80",
                 "https://[::1]:6784", "unix:/x"})
    BOOST_TEST(to_string(parse_endpoint(x)) == x);
}

BOOST_AUTO_TEST_CASE(a_token_stays_private) {
  for (auto x : {"127.0.0.1", "127.9.9.9:1", "localhost", "[::1]:1",
                 "https://a", "unix:/x"})
    BOOST_TEST(is_private(parse_endpoint(x)));
  for (auto x : {"10.0.0.1", "node:6784", "http://node", "127.evil.example",
                 "127.0.0.1.evil.example", "localhost.evil.example"})
    BOOST_TEST(!is_private(parse_endpoint(x)));
}

BOOST_AUTO_TEST_CASE(events_are_read_from_any_pieces) {
  const std::string text = ": hello\nretry: 2000\nid: e-1\nevent: put\n"
                           "data: {\"a\":1}\n\nid: e-2\r\ndata:x\r\ndata: y\r\n"
                           "\r\n";
  std::vector<std::string> bytes;
  for (auto x : text)
    bytes.emplace_back(1, x);
  for (const auto& all : {events_of({text}), events_of(bytes)}) {
    BOOST_REQUIRE_EQUAL(all.size(), 2u);
    BOOST_TEST(all[0].id == "e-1");
    BOOST_TEST(all[0].type == "put");
    BOOST_TEST(all[0].data == "{\"a\":1}");
    BOOST_TEST(all[1].id == "e-2");
    BOOST_TEST(all[1].type == "message");
    BOOST_TEST(all[1].data == "x\ny");
  }
}

BOOST_AUTO_TEST_CASE(an_event_without_data_is_none) {
  BOOST_TEST(events_of({"event: put\n\n\n\n: comment\n\n"}).empty());
}

BOOST_AUTO_TEST_CASE(reading_ends_when_the_handler_has_enough) {
  event_parser parser;
  auto count = 0;
  auto more = parser.feed("data: 1\n\ndata: 2\n\n", [&](const server_event&) {
    ++count;
    return false;
  });
  BOOST_TEST(!more);
  BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE(an_event_has_a_limit) {
  event_parser parser;
  const std::string part(1024 * 1024, 'x');
  auto feed_all = [&] {
    for (auto i = 0; i < 40; ++i)
      parser.feed(part, [](const server_event&) { return true; });
  };
  BOOST_CHECK_THROW(feed_all(), failure);
}

BOOST_AUTO_TEST_SUITE_END()
