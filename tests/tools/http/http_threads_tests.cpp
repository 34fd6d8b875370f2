#include <boost/test/unit_test.hpp>

#include "tests/support/no_threads.hpp"
#include "tools/http/server.hpp"

// Tests of a server that cannot make its threads.
BOOST_AUTO_TEST_SUITE(http_threads_tests)

BOOST_AUTO_TEST_CASE(a_server_that_can_make_no_thread_says_so_and_stops) {
  auto kept = std::make_shared<int>();
  std::weak_ptr<int> weak = kept;
  http::server server;
  BOOST_REQUIRE(!server.listen("127.0.0.1:0"));
  const auto address = server.addresses().front();
  server.post([x = std::move(kept)] {});
  {
    cafmesh::test::no_threads none;
    const auto wrong = server.start();
    BOOST_TEST(wrong.number != 0);
    BOOST_TEST(wrong.text.rfind("no thread can be made: ", 0) == 0u,
               wrong.text);
  }
  BOOST_TEST(weak.expired());
  http::server next;
  BOOST_TEST(!next.listen(address));
}

BOOST_AUTO_TEST_SUITE_END()
