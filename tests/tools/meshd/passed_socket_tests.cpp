#include "tools/meshd/settings/passed_socket.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;

BOOST_AUTO_TEST_SUITE(passed_socket_tests)

BOOST_AUTO_TEST_CASE(the_socket_with_the_name_http_is_chosen) {
  BOOST_TEST(passed_socket("7", "1", "http", 7) == 3);
  BOOST_TEST(passed_socket("7", "3", "a:http:b", 7) == 4);
  BOOST_TEST(passed_socket("7", "2", "a:b", 7) == -1);
  BOOST_TEST(passed_socket("7", "1", "a:http", 7) == -1);
}

BOOST_AUTO_TEST_CASE(variables_for_another_process_name_no_socket) {
  BOOST_TEST(passed_socket("8", "1", "http", 7) == -1);
  BOOST_TEST(passed_socket(nullptr, "1", "http", 7) == -1);
  BOOST_TEST(passed_socket("7", nullptr, "http", 7) == -1);
  BOOST_TEST(passed_socket("7", "1", nullptr, 7) == -1);
}

BOOST_AUTO_TEST_CASE(what_is_no_number_names_no_socket) {
  for (auto wrong : {"", "x", "7x", " 7", "99999999999999999999"})
    BOOST_TEST(passed_socket(wrong, "1", "http", 7) == -1);
  for (auto wrong : {"", "x", "1x", "-1", "0", "99999999999999999999"})
    BOOST_TEST(passed_socket("7", wrong, "http", 7) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
