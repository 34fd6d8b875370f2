#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

using namespace cafmesh;

// Tests that messages of the public interface survive CAF's serialisation.
namespace {

struct fixture {
  /// Returns `x` as it would arrive at another process over `caf::io`.
  template <class T>
  T sent(const T& x) {
    auto there = caf::make_message(x);
    caf::binary_serializer::container_type wire;
    caf::binary_serializer sink{system, wire};
    BOOST_TEST(!sink(there));
    caf::message here;
    caf::binary_deserializer source{system, wire};
    BOOST_TEST(!source(here));
    BOOST_REQUIRE(here.match_elements<T>());
    return here.get_as<T>(0);
  }

  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::cafmesh>();
      set("scheduler.max-threads", 1);
    }
  } cfg;
  caf::actor_system system{cfg};

  const peer_name ann = peer_name::from_number(0x0a);
  const peer_name bob = peer_name::from_number(0x0b);
  const payload data{bytes{1, 2, 0xff}};
  const peer_summary summary{ann, "ann", peer_uid{7}, 3, short_id{9}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(inspection_tests, fixture)

BOOST_AUTO_TEST_CASE(a_unicast_survives_serialisation) {
  auto x = sent(unicast{bob, data});
  BOOST_TEST((x.to == bob));
  BOOST_TEST((x.data == data));
}

BOOST_AUTO_TEST_CASE(a_slice_is_sent_without_the_bytes_around_it) {
  auto x = sent(gossip_arrived{data.slice(1, 1), bob});
  BOOST_TEST((x.data == payload{bytes{2}}));
  BOOST_TEST((x.neighbour == bob));
}

BOOST_AUTO_TEST_CASE(messages_without_content_survive_serialisation) {
  sent(get_gossip{});
  sent(start_mesh{});
  sent(routes_changed{});
}

BOOST_AUTO_TEST_CASE(optional_values_stay_present_or_absent) {
  BOOST_TEST((sent(peer_joined{summary}).peer == summary));
  auto nameless = summary;
  nameless.alias.reset();
  BOOST_TEST((sent(peer_joined{nameless}).peer == nameless));
}

BOOST_AUTO_TEST_CASE(a_description_of_the_mesh_survives_serialisation) {
  const connection_summary link{bob, "10.0.0.2:6783", true, false};
  auto x = sent(mesh_description{ann, {{summary, {link}}}});
  BOOST_REQUIRE(x.peers.size() == 1);
  BOOST_TEST((x.self == ann));
  BOOST_TEST((x.peers[0].peer == summary));
  BOOST_TEST((x.peers[0].connections.at(0) == link));
}

BOOST_AUTO_TEST_CASE(a_reason_survives_serialisation) {
  auto x = sent(connection_removed{connection_id{5}, bob,
                                   make_error(errc::timed_out, "silent")});
  BOOST_TEST((x.id == connection_id{5}));
  BOOST_TEST(describe(x.reason) == "timed_out: silent");
  auto y = sent(gossiper_ended{"chan", x.reason});
  BOOST_TEST(y.channel == "chan");
  BOOST_TEST(describe(y.reason) == "timed_out: silent");
}

BOOST_AUTO_TEST_CASE(a_status_survives_serialisation) {
  mesh_status x;
  x.name = ann;
  x.uptime = std::chrono::milliseconds{1500};
  x.connections.resize(1);
  x.connections[0].silent_for = std::chrono::milliseconds{20};
  x.connections[0].attributes = {{"name", "sleeve"}};
  x.dialling.targets.push_back(
    {"b:1", "waiting", true, std::chrono::milliseconds{250}, "refused"});
  x.broadcast_routes = {{ann, {bob}}};
  auto y = sent(x);
  BOOST_TEST(caf::deep_to_string(y) == caf::deep_to_string(x));
  BOOST_TEST((y.uptime == x.uptime));
  BOOST_TEST(
    (y.dialling.targets.at(0).next_try == std::chrono::milliseconds{250}));
}

BOOST_AUTO_TEST_CASE(messages_are_rendered_for_people) {
  BOOST_TEST(to_string(caf::make_message(unicast{bob, data}))
             == "(unicast(00:00:00:00:00:0b, 0102FF))");
  BOOST_TEST(to_string(caf::make_message(peer_joined{summary}))
             == "(peer_joined(peer_summary(00:00:00:00:00:0a, \"ann\", 7, 3, "
                "[9])))");
  BOOST_TEST(to_string(caf::make_message(get_status{})) == "(get_status())");
}

BOOST_AUTO_TEST_SUITE_END()
