#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"

using http_in_memory::client;

// Tests of the limits on the sizes of a request's target and of its header
// fields. Each limit must be exact to the byte, whatever the pieces in which a
// request arrives.
namespace {

struct fixture {
  fixture() {
    auto& to = shared->paths;
    to.add("GET", "/{rest...}", [](const auto&, const http::responder& back) {
      back.send({200, "", "read"});
    });
  }

  /// A request with a target and header fields of these sizes.
  static std::string request(std::size_t target, std::size_t fields) {
    const std::string host = "Host: localhost\r\n";
    auto rest = fields - host.size() - std::string{"X: \r\n\r\n"}.size();
    return "GET /" + std::string(target - 1, 't') + " HTTP/1.1\r\n" + host
           + "X: " + std::string(rest, 'x') + "\r\n\r\n";
  }

  /// The status and the code of the answer to a request in pieces of this size.
  std::string answer(const std::string& request, std::size_t piece) {
    client one{shared};
    for (std::size_t i = 0; i < request.size(); i += piece)
      one.send(request.substr(i, piece));
    auto got = one.got();
    auto begin = got.find("\"code\":\"");
    auto code = begin == got.npos
                  ? std::string{}
                  : got.substr(begin + 8, got.find('"', begin + 8) - begin - 8);
    return got.substr(9, 3) + code;
  }

  http::limits limits;
  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(http::server_options{});
};

constexpr std::size_t pieces[] = {1, 7, 1000, 100'000};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_header_limits_tests, fixture)

BOOST_AUTO_TEST_CASE(header_fields_may_have_8_KiB_whatever_the_target_takes) {
  BOOST_TEST(limits.header_bytes == 8 * 1024);
  for (auto piece : pieces)
    for (auto target : {std::size_t{2}, limits.uri_bytes}) {
      BOOST_TEST(answer(request(target, limits.header_bytes), piece) == "200");
      BOOST_TEST(answer(request(target, limits.header_bytes + 1), piece)
                 == "431headers_too_large");
    }
}

BOOST_AUTO_TEST_CASE(a_target_has_a_limit_of_its_own) {
  for (auto piece : pieces)
    for (auto fields : {std::size_t{100}, limits.header_bytes})
      BOOST_TEST(answer(request(limits.uri_bytes + 1, fields), piece)
                 == "414uri_too_long");
}

BOOST_AUTO_TEST_CASE(what_has_no_end_is_refused_at_the_limit) {
  auto field = "GET / HTTP/1.1\r\nX: " + std::string(limits.header_bytes, 'x');
  auto line = std::string(limits.line_bytes() + 1, 'G');
  for (auto piece : pieces) {
    BOOST_TEST(answer(field, piece) == "431headers_too_large");
    BOOST_TEST(answer("GET /" + line, piece) == "414uri_too_long");
    BOOST_TEST(answer(line, piece) == "400bad_request");
  }
}

BOOST_AUTO_TEST_CASE(a_long_method_is_not_taken_for_a_long_target) {
  auto line = std::string(limits.line_bytes(), 'G') + " / HTTP/1.1\r\n\r\n";
  for (auto piece : pieces)
    BOOST_TEST(answer(line, piece) == "400bad_request");
}

BOOST_AUTO_TEST_CASE(requests_in_one_piece_have_limits_of_their_own) {
  client one{shared};
  auto whole = request(limits.uri_bytes, limits.header_bytes);
  one.send(whole + whole + whole + request(2, limits.header_bytes + 1));
  auto got = one.got();
  std::size_t answers = 0;
  for (auto i = got.find("HTTP/1.1 200"); i != got.npos;
       i = got.find("HTTP/1.1 200", i + 1))
    ++answers;
  BOOST_TEST(answers == 3u);
  BOOST_TEST(got.find("headers_too_large") != got.npos);
}

BOOST_AUTO_TEST_SUITE_END()
