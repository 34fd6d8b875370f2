// Tests that an application can use our names without the prefix `cafmesh::`,
// even with `using namespace caf` and with headers of the standard library that
// define similar names.

// These headers come first, because they may declare functions with our names.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iterator>
#include <numeric>
#include <regex>
#include <string>

#include <caf/all.hpp>

#include <boost/test/unit_test.hpp>

#include <cafmesh/all.hpp>

// An application may make all names of CAF visible like this.
// Argument-dependent lookup also searches the namespaces of std::string and
// caf::error.
using namespace caf;
using namespace cafmesh;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(public_names_tests)

BOOST_AUTO_TEST_CASE(escaped_is_our_function_despite_iomanip) {
  const std::string foreign{"a\x1b'b"};
  BOOST_TEST(escaped(foreign) == "a\\x1b\\x27b");
  BOOST_TEST(escaped_in_quotes(foreign) == "'a\\x1b\\x27b'");
}

BOOST_AUTO_TEST_CASE(errors_are_made_and_examined_unqualified) {
  const std::string text{"why"};
  auto why = make_error(errc::no_route, text);
  BOOST_TEST(is(why, errc::no_route));
  BOOST_TEST(describe(why) == "no_route: why");
  BOOST_TEST(to_string(errc::no_route) == "no_route"s);
}

BOOST_AUTO_TEST_CASE(text_is_parsed_unqualified) {
  const std::string text{"hash"};
  BOOST_TEST((*parse_name_flavour(text) == name_flavour::hash));
  auto name = name_from_user_input(text, name_flavour::hash);
  BOOST_TEST(to_string(*name) == name->str());
  bytes read;
  BOOST_TEST(from_hex(std::string{"0aff"}, read));
  BOOST_TEST(to_hex(read) == "0aff");
  BOOST_TEST(!check(*preset(std::string{"lan"})));
}

BOOST_AUTO_TEST_CASE(a_node_is_configured_and_joined_unqualified) {
  actor_system_config config;
  add_options(config);
  set_scheduling(config);
  auto found = get_settings(config);
  BOOST_TEST_REQUIRE(!!found);
  found->host = "127.0.0.1";
  found->port = 0;
  wipe_passwords(config);
  actor_system system{config};
  auto router = spawn_router(system, std::move(*found), system_transport(),
                             make_null_sink());
  BOOST_TEST_REQUIRE(!!router);
  auto receiver =
    spawn_unicast_receiver(system, [](peer_name, const payload&) {});
  auto channel = join(system, *router, std::string{"channel"}, receiver);
  BOOST_TEST(!!channel);
  auto counter =
    spawn_replicated(system, *router, std::string{"count"}, grow_counter{});
  anon_send(*router, stop_mesh{});
  anon_send_exit(receiver, exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
