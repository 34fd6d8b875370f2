#include "tools/http/guards.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/http/client_counts.hpp"
#include "tools/http/log_gate.hpp"
#include "tools/http/tokens.hpp"

using http::access;
using http::check_host;
using http::check_origin;
using http::client_counts;
using http::host_rules;
using http::local_address;

// Tests of what the HTTP server checks before it handles a request: hosts,
// origins, tokens, and limits on clients and log lines.
namespace {

const local_address own{"127.0.0.1", "8080", false};

bool allows(const host_rules& rules, const local_address& local,
            std::string_view host) {
  auto wrong = check_host(rules, local, host);
  return !wrong || wrong->code != "host_not_allowed";
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_guards_tests)

BOOST_AUTO_TEST_CASE(
  the_own_address_and_localhost_are_hosts_with_the_own_port) {
  for (auto x : {"127.0.0.1:8080", "localhost:8080", "LocalHost:8080",
                 "localhost.:8080"})
    BOOST_TEST(allows({}, own, x), x);
  for (auto x : {"", "127.0.0.1", "localhost", "127.0.0.1:80", "127.0.0.2:8080",
                 "evil.example:8080", "localhost.evil.example:8080",
                 "127.0.0.1:8080:8080", "[::1]:8080", "localhost:8080@evil",
                 "evil@localhost:8080", " localhost:8080", "localhost..:8080"})
    BOOST_TEST(!allows({}, own, x), x);
}

BOOST_AUTO_TEST_CASE(the_usual_port_need_not_be_named) {
  BOOST_TEST(allows({}, {"10.0.0.1", "80", false}, "10.0.0.1"));
  BOOST_TEST(allows({}, {"10.0.0.1", "443", true}, "10.0.0.1"));
  BOOST_TEST(!allows({}, {"10.0.0.1", "443", false}, "10.0.0.1"));
  BOOST_TEST(!allows({}, {"10.0.0.1", "80", true}, "10.0.0.1"));
}

BOOST_AUTO_TEST_CASE(an_address_of_version_6_is_a_host_in_brackets) {
  local_address six{"::1", "8080", false};
  BOOST_TEST(allows({}, six, "[::1]:8080"));
  for (auto x : {"[::1]", "::1:8080", "[::2]:8080", "[::1", "["})
    BOOST_TEST(!allows({}, six, x), x);
}

BOOST_AUTO_TEST_CASE(further_names_may_be_allowed) {
  host_rules rules;
  rules.names = {"node.example", "other.example:99"};
  for (auto x : {"node.example", "node.example:1", "NODE.example.:2",
                 "other.example:99"})
    BOOST_TEST(allows(rules, own, x), x);
  for (auto x : {"other.example", "other.example:98", "x.node.example"})
    BOOST_TEST(!allows(rules, own, x), x);
}

BOOST_AUTO_TEST_CASE(every_host_is_allowed_over_a_unix_socket_or_if_told_so) {
  BOOST_TEST(allows({}, {}, "anything"));
  host_rules any;
  any.any = true;
  BOOST_TEST(allows(any, own, "evil.example"));
}

BOOST_AUTO_TEST_CASE(only_the_own_site_is_an_origin) {
  BOOST_TEST(!check_origin("http://a:1", "a:1", false));
  BOOST_TEST(!check_origin("https://A:1", "a:1", true));
  for (auto x : {"", "null", "https://a:1", "http://a", "http://a:1/",
                 "http://a:12", "a:1", "http://b:1"})
    BOOST_TEST(check_origin(x, "a:1", false).has_value(), x);
}

BOOST_AUTO_TEST_CASE(tokens_grant_their_level_and_nothing_else) {
  http::tokens both{"reader", "writer"};
  BOOST_TEST((both.level_of("Bearer reader") == access::read));
  BOOST_TEST((both.level_of("Bearer writer") == access::write));
  BOOST_TEST((both.level_of("bearer  writer ") == access::write));
  for (auto x : {"", "Bearer", "Bearer ", "Bearer write", "Bearer writerx",
                 "Basic writer", "writer"})
    BOOST_TEST((both.level_of(x) == access::none), x);
}

BOOST_AUTO_TEST_CASE(a_token_that_is_not_set_is_never_given) {
  http::tokens only_write{"", "writer"};
  BOOST_TEST((only_write.level_of("Bearer ") == access::none));
  BOOST_TEST((only_write.level_of("") == access::none));
  http::tokens only_read{"reader", ""};
  BOOST_TEST((only_read.level_of("Bearer ") == access::none));
  BOOST_TEST((only_read.level_of("Bearer reader") == access::read));
  http::tokens none{"", ""};
  BOOST_TEST((none.level_of("") == access::write));
}

BOOST_AUTO_TEST_CASE(connections_are_counted_in_all_and_for_each_client) {
  http::limits few;
  few.connections = 3;
  few.connections_per_address = 2;
  client_counts counts{few};
  using verdict = client_counts::verdict;
  BOOST_TEST((counts.enter("10.0.0.1") == verdict::admitted));
  BOOST_TEST((counts.enter("10.0.0.1") == verdict::admitted));
  BOOST_TEST((counts.enter("10.0.0.1") == verdict::client_full));
  BOOST_TEST((counts.enter("") == verdict::admitted));
  BOOST_TEST((counts.enter("10.0.0.2") == verdict::server_full));
  counts.leave("10.0.0.1");
  BOOST_TEST((counts.enter("10.0.0.2") == verdict::admitted));
  BOOST_TEST(counts.connections() == 3u);
}

BOOST_AUTO_TEST_CASE(a_network_of_version_6_is_one_client) {
  BOOST_TEST(http::client_of("2001:db8::1")
             == http::client_of("2001:db8::2:1"));
  BOOST_TEST(http::client_of("2001:db8::1")
             != http::client_of("2001:db8:0:1::1"));
  BOOST_TEST(http::client_of("10.0.0.1") != http::client_of("10.0.0.2"));
}

BOOST_AUTO_TEST_CASE(streams_are_counted_for_each_client) {
  http::limits few;
  few.streams_per_address = 1;
  client_counts counts{few};
  BOOST_TEST(counts.enter_stream("10.0.0.1"));
  BOOST_TEST(!counts.enter_stream("10.0.0.1"));
  BOOST_TEST(counts.enter_stream("10.0.0.2"));
  counts.leave_stream("10.0.0.1");
  BOOST_TEST(counts.enter_stream("10.0.0.1"));
  BOOST_TEST(counts.streams() == 2u);
}

BOOST_AUTO_TEST_CASE(
  the_log_gets_ten_lines_per_second_and_the_number_of_others) {
  std::vector<std::string> lines;
  http::log_gate log{[&lines](http::severity, const std::string& x) {
    lines.push_back(x);
  }};
  http::log_gate::time_point now{std::chrono::hours{1}};
  for (int i = 0; i < 100; ++i)
    log.write(http::severity::info, "x", now);
  BOOST_TEST(lines.size() == 10u);
  log.write(http::severity::info, "y", now + std::chrono::seconds{1});
  BOOST_TEST(lines.back() == "y (90 messages were left out)");
  for (int i = 0; i < 10; ++i)
    log.write(http::severity::info, "x", now + std::chrono::seconds{1});
  log.write(http::severity::info, "z", now + std::chrono::seconds{2});
  BOOST_TEST(lines.back() == "z (1 message was left out)");
}

BOOST_AUTO_TEST_SUITE_END()
