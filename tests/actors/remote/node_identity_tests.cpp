#include "actors/caf_version/node_identity.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <cafmesh/options.hpp>

using namespace cafmesh;

// Tests of the CAF node ID that cafmesh gives an actor system.
namespace {

struct small_config : caf::actor_system_config {
  small_config() {
    set("scheduler.max-threads", 1);
  }
};

struct with_options : small_config {
  with_options() {
    add_options(*this);
    add_options(*this); // the second call does nothing
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(node_identity_tests)

BOOST_AUTO_TEST_CASE(each_life_of_a_system_has_a_node_id_of_its_own) {
  with_options config;
  caf::node_id first;
  {
    caf::actor_system system{config};
    first = system.node();
    BOOST_TEST((first != caf::none));
    BOOST_TEST(caf_version::has_identity(system));
  }
  caf::actor_system second{config};
  with_options other_config;
  caf::actor_system third{other_config};
  BOOST_TEST((second.node() != first));
  BOOST_TEST((second.node() != third.node()));
}

BOOST_AUTO_TEST_CASE(actors_have_the_node_id_of_their_system) {
  with_options config;
  caf::actor_system system{config};
  auto idle = system.spawn([](caf::event_based_actor*) {});
  BOOST_TEST((idle.node() == system.node()));
  BOOST_TEST((system.spawn_serv()->node() == system.node()));
}

BOOST_AUTO_TEST_CASE(a_system_without_our_options_has_no_identity) {
  small_config config;
  caf::actor_system system{config};
  BOOST_TEST(!caf_version::has_identity(system));
}

BOOST_AUTO_TEST_SUITE_END()
