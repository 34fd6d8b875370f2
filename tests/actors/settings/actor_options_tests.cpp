#include "tests/actors/settings/options_fixture.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <cafmesh/remote_actors.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;

// Tests of the options that begin with `actors.`, for messages between actors
// of different peers.
namespace {

struct actor_options_fixture : options_fixture {
  caf::expected<actor_settings>
  read_for_actors(std::vector<std::string> arguments, const std::string& file) {
    application config;
    std::istringstream in{file};
    if (auto err = config.parse(std::move(arguments), in))
      return err;
    return get_actor_settings(config);
  }
  actor_settings good_for_actors(std::vector<std::string> arguments,
                                 const std::string& file = "") {
    auto result = read_for_actors(std::move(arguments), file);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return *result;
  }
  std::string refusal_for_actors(std::vector<std::string> arguments,
                                 const std::string& file = "") {
    auto result = read_for_actors(std::move(arguments), file);
    return result ? "accepted" : describe(result.error());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(actor_options_tests, actor_options_fixture)

BOOST_AUTO_TEST_CASE(actors_have_options_of_their_own) {
  auto x =
    good_for_actors({"--actors.down-after=5s", "--actors.remote-exits=true"},
                    "[actors]\nleft-after = 20ms\nmax-message = 1000\n");
  BOOST_TEST((x.down_after == milliseconds{5'000}));
  BOOST_TEST((x.left_after == milliseconds{20}));
  BOOST_TEST(x.max_message == 1000u);
  BOOST_TEST(x.remote_exits);
  BOOST_TEST(x.window == actor_settings{}.window);
}

BOOST_AUTO_TEST_CASE(every_option_of_actors_can_be_given) {
  auto x = good_for_actors(
    {"--actors.down-after=5s", "--actors.left-after=1s",
     "--actors.handle-grace=2s", "--actors.max-message=3",
     "--actors.window=5000", "--actors.actor-window=4000",
     "--actors.large-window=6000", "--actors.partial-limit=7000",
     "--actors.remote-exits=true", "--actors.spawnable=adder,counter",
     "--actors.max-spawned=8", "--actors.seed=6"});
  BOOST_TEST((x.handle_grace == milliseconds{2'000}));
  BOOST_TEST(x.window == 5000u);
  BOOST_TEST(x.actor_window == 4000u);
  BOOST_TEST(x.large_window == 6000u);
  BOOST_TEST(x.partial_limit == 7000u);
  BOOST_TEST((x.spawnable == std::vector<std::string>{"adder", "counter"}));
  BOOST_TEST(x.max_spawned == 8u);
  BOOST_TEST((x.seed == 6u));
}

BOOST_AUTO_TEST_CASE(bad_options_of_actors_are_named) {
  BOOST_TEST(refusal_for_actors({"--actors.window=0"})
             == "bad_setting: actors.window must be from 1024 to "
                "1152921504606846975, not 0");
  BOOST_TEST(
    refusal_for_actors({"--actors.down-after=1s", "--actors.left-after=2s"})
    == "bad_setting: actors.left-after must be at most "
       "actors.down-after, which is 1s");
  BOOST_TEST(refusal_for_actors({"--actors.spawnable=" + std::string(250, 'x')})
               .find("actors.spawnable must be texts of 1 to 249 bytes")
             != std::string::npos);
  BOOST_TEST(refusal_for_actors({}, "[actors]\nlate = 1\n")
             == "bad_setting: actors.late is no option");
  BOOST_TEST(refusal_for_actors({}, "[actors]\ndown-after = \"soon\"\n")
               .find("actors.down-after must be a time")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(actors_cannot_be_joined_with_bad_options) {
  application config;
  std::istringstream file{"[actors]\nwindow = 1\n"};
  BOOST_TEST_REQUIRE(!config.parse(std::vector<std::string>{}, file));
  caf::actor_system system{config};
  auto joined = join_actors(system, {});
  BOOST_TEST_REQUIRE(!joined);
  BOOST_TEST(describe(joined.error()).find("actors.window")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_type_that_was_not_registered_cannot_be_spawnable) {
  application config;
  config.set("actors.spawnable", std::vector<std::string>{"adder"});
  caf::actor_system system{config};
  auto joined = join_actors(system, {});
  BOOST_TEST_REQUIRE(!joined);
  BOOST_TEST(describe(joined.error()).find("add_actor_type")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_options_yield_no_router) {
  application config;
  config.set("mesh.port", 70'000);
  caf::actor_system system{config};
  auto router = spawn_router(system, get_settings(config));
  BOOST_REQUIRE(!router);
  BOOST_TEST(is(router.error(), errc::bad_setting));
}

BOOST_AUTO_TEST_SUITE_END()
