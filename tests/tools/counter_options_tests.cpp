#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

#include "tools/counter/options.hpp"
#include <cafmesh/errc.hpp>

namespace {

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

BOOST_AUTO_TEST_SUITE_END()
