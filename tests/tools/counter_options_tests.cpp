#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "tools/counter/options.hpp"
#include <cafmesh/errc.hpp>

// Tests of the command-line options of tools/counter.
namespace {

std::string refusal(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"counter", "--hwaddr=00:00:00:00:00:01"});
  std::vector<char*> argv;
  for (auto& x : arguments)
    argv.push_back(x.data());
  counter::options result;
  return cafmesh::describe(
    result.read(static_cast<int>(argv.size()), argv.data()));
}

std::unique_ptr<counter::options> read(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"counter", "--hwaddr=00:00:00:00:00:01"});
  std::vector<char*> argv;
  for (auto& x : arguments)
    argv.push_back(x.data());
  auto result = std::make_unique<counter::options>();
  if (auto why = result->read(static_cast<int>(argv.size()), argv.data()))
    BOOST_FAIL(cafmesh::describe(why));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(counter_options_tests)

BOOST_AUTO_TEST_CASE(http_is_served_on_loopback_by_default) {
  auto x = read({});
  BOOST_TEST(x->http_host == "127.0.0.1");
  BOOST_TEST(x->http_port == 8080);
}

BOOST_AUTO_TEST_CASE(http_is_served_on_all_addresses_on_request) {
  for (const std::string argument : {"--http=:8081", "--http=0.0.0.0:8081"}) {
    auto x = read({argument});
    BOOST_TEST(x->http_host == "0.0.0.0", argument);
    BOOST_TEST(x->http_port == 8081, argument);
  }
}

BOOST_AUTO_TEST_CASE(peers_are_accepted_on_all_addresses_by_default) {
  auto x = read({});
  BOOST_TEST(x->mesh.host == "0.0.0.0");
  BOOST_TEST(x->mesh.port == 6783);
}

BOOST_AUTO_TEST_CASE(a_failure_to_listen_is_called_by_its_name) {
  using cafmesh::errc;
  BOOST_TEST(is(counter::cannot_listen("127.0.0.1", 80, EADDRINUSE),
                errc::address_in_use));
  const auto forbidden = counter::cannot_listen("127.0.0.1", 80, EACCES);
  BOOST_TEST(cafmesh::describe(forbidden)
             == "socket_failed: cannot listen on 127.0.0.1:80 for HTTP: "
                "Permission denied");
  BOOST_TEST(
    is(counter::cannot_listen("no address", 80, 0), errc::bad_address));
}

BOOST_AUTO_TEST_CASE(an_error_quotes_what_was_typed) {
  for (const std::string typed : {"::", ":x", "host"}) {
    const auto why = refusal({"--http=" + typed});
    BOOST_TEST(why.find("'" + typed + "'") != std::string::npos, why);
  }
}

BOOST_AUTO_TEST_SUITE_END()
