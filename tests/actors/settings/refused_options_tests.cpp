#include "tests/actors/settings/options_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;

// Tests of program options that are refused, and of the error messages.
BOOST_FIXTURE_TEST_SUITE(refused_options_tests, options_fixture)

// -- refusals

BOOST_AUTO_TEST_CASE(a_number_out_of_range_is_refused) {
  BOOST_TEST(refusal({"--mesh.port=65536"})
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "65536");
  BOOST_TEST(refusal({"--mesh.seed=-1"})
             == "bad_setting: mesh.seed must be a number from 0 to "
                "9223372036854775807, not -1");
  BOOST_TEST(refusal({"--mesh.min-protocol-version=3"})
             == "bad_setting: mesh.min-protocol-version must be 1 or 2, not 3");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_type_is_refused) {
  BOOST_TEST(refusal({"--mesh.port=http"})
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "'http'");
  BOOST_TEST(refusal({}, "port = \"7001\"")
             == "bad_setting: mesh.port must be a number from 0 to 65535, not "
                "'7001'");
  BOOST_TEST(refusal({"--mesh.discovery=no"})
             == "bad_setting: mesh.discovery must be true or false, not 'no'");
  BOOST_TEST(refusal({}, "nickname = 5")
             == "bad_setting: mesh.nickname must be text in double quotes, not "
                "5");
}

BOOST_AUTO_TEST_CASE(a_time_without_unit_or_in_microseconds_is_refused) {
  const std::string rule = "bad_setting: mesh.patience must be a time in whole "
                           "milliseconds, such as 50ms or 30s, not ";
  BOOST_TEST(refusal({"--mesh.patience=30"}) == rule + "30");
  BOOST_TEST(refusal({"--mesh.patience=1500us"}) == rule + "1500us");
}

BOOST_AUTO_TEST_CASE(contradictory_settings_are_refused) {
  BOOST_TEST(refusal({"--mesh.patience=5s"})
             == "bad_setting: mesh.patience must be longer than "
                "mesh.heartbeat-interval, not 5000 ms");
  BOOST_TEST(refusal({"--mesh.retry-max=1s"})
             == "bad_setting: mesh.retry-max must be at least "
                "mesh.retry-initial, not 1000 ms");
}

BOOST_AUTO_TEST_CASE(an_invalid_address_is_refused) {
  BOOST_TEST(refusal({"--mesh.peers=x:y:z"}).find("bad_address: mesh.peers: ")
             == 0u);
  BOOST_TEST(refusal({"--mesh.peers=a,,b"}).find("mesh.peers: ")
             != std::string::npos);
  BOOST_TEST(refusal({"--mesh.host=localhost"})
             == "bad_address: mesh.host must be a numeric address, not "
                "'localhost'");
  BOOST_TEST(refusal({"--mesh.trusted-subnets=10.0.0.0/40"})
               .find("mesh.trusted-subnets: ")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_refused) {
  BOOST_TEST(refusal({}, "prot = 7001")
             == "bad_setting: mesh.prot is no option");
}

BOOST_AUTO_TEST_CASE(an_option_of_the_application_under_mesh_is_allowed) {
  BOOST_TEST(good({"--mesh.own=x"}, "port = 7001").port == 7001);
}

BOOST_AUTO_TEST_CASE(one_bad_option_among_several_yields_no_settings) {
  BOOST_TEST(!read({"--mesh.nickname=ann", "--mesh.port=7001",
                    "--mesh.connection-limit=many"}));
}

// -- errors

BOOST_AUTO_TEST_CASE(the_actor_system_renders_our_errors) {
  application config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  BOOST_TEST(system.render(make_error(errc::no_route, "to ann"))
             == "no_route: to ann");
}

BOOST_AUTO_TEST_SUITE_END()
