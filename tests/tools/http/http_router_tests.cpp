#include "tools/http/router.hpp"

#include <boost/test/unit_test.hpp>

using http::percent_decoded;
using http::router;

// Tests of how the HTTP server finds the handler for a path.
namespace {

router with(std::initializer_list<const char*> patterns) {
  router result;
  for (auto x : patterns)
    result.add("GET", x, nullptr);
  return result;
}

std::string value(const router& in, std::string_view path) {
  auto found = in.find("GET", path);
  return found.found && !found.parameters.empty()
           ? found.parameters.back().second
           : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_router_tests)

BOOST_AUTO_TEST_CASE(a_fixed_path_is_found_as_a_whole) {
  auto paths = with({"/", "/v1/node"});
  BOOST_TEST(paths.find("GET", "/").found);
  BOOST_TEST(paths.find("GET", "/v1/node").found);
  for (auto x : {"", "v1/node", "/v1", "/v1/", "/v1/node/", "/v1/node/x",
                 "//v1/node", "/v1//node", "*"})
    BOOST_TEST(!paths.find("GET", x).found, x);
}

BOOST_AUTO_TEST_CASE(a_parameter_is_one_decoded_segment) {
  auto paths = with({"/channels/{name}/messages"});
  BOOST_TEST(value(paths, "/channels/a/messages") == "a");
  BOOST_TEST(value(paths, "/channels/a%2Fb%20/messages") == "a/b ");
  for (auto x :
       {"/channels//messages", "/channels/a/b/messages", "/channels/a"})
    BOOST_TEST(value(paths, x) == "none", x);
}

BOOST_AUTO_TEST_CASE(a_rest_has_every_byte_and_at_least_one) {
  auto paths = with({"/kv/{key...}"});
  BOOST_TEST(value(paths, "/kv/a/b//c/") == "a/b//c/");
  BOOST_TEST(value(paths, "/kv//") == "/");
  BOOST_TEST(value(paths, "/kv/%00%ff") == (std::string{'\0', '\xff'}));
  BOOST_TEST(value(paths, "/kv/") == "none");
  BOOST_TEST(value(paths, "/kv") == "none");
}

BOOST_AUTO_TEST_CASE(a_fixed_segment_goes_before_a_parameter) {
  auto paths = with({"/{any...}", "/{one}/{two}", "/a/{two}", "/a/b"});
  BOOST_TEST(paths.find("GET", "/a/b").parameters.empty());
  BOOST_TEST(paths.find("GET", "/a/c").parameters.size() == 1u);
  BOOST_TEST(paths.find("GET", "/c/c").parameters.size() == 2u);
  BOOST_TEST(value(paths, "/c/d/e") == "c/d/e");
}

BOOST_AUTO_TEST_CASE(other_methods_of_a_path_are_named) {
  router paths;
  paths.add("GET", "/kv/{key...}", nullptr);
  paths.add("PUT", "/kv/{key...}", nullptr);
  auto found = paths.find("POST", "/kv/a");
  BOOST_TEST(!found.found);
  BOOST_TEST(found.allowed == "GET, HEAD, PUT");
  BOOST_TEST(paths.find("POST", "/x").allowed == "");
  BOOST_TEST(paths.find("HEAD", "/kv/a").found->method == "GET");
}

BOOST_AUTO_TEST_CASE(a_malformed_escape_is_reported) {
  auto paths = with({"/kv/{key...}"});
  BOOST_TEST(paths.find("GET", "/kv/%4").is_malformed);
  BOOST_TEST(paths.find("GET", "/kv/a%zz").is_malformed);
  BOOST_TEST(!paths.find("GET", "/kv/%41").is_malformed);
}

BOOST_AUTO_TEST_CASE(escapes_are_decoded_once) {
  BOOST_TEST(percent_decoded("%2541").value() == "%41");
  BOOST_TEST(percent_decoded("a+b").value() == "a+b");
  BOOST_TEST(percent_decoded("a+b", true).value() == "a b");
  for (auto x : {"%", "%4", "a%", "%g0", "%0g", "%-1"})
    BOOST_TEST(!percent_decoded(x), x);
}

BOOST_AUTO_TEST_SUITE_END()
