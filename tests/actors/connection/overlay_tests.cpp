#include "tests/support/overlaid_mesh.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "messages/wire/envelope.hpp"
#include "messages/wire/frame.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the overlay: the application's own traffic beside each connection.
namespace {

struct overlays_fixture : overlaid_mesh {
  /// Makes `a` dial `b` with a password. Each node in `trusting` trusts the
  /// other's address.
  void connect_with_trust_of(const std::string& trusting) {
    for (char letter : {'a', 'b'}) {
      auto setup = settings_for(letter);
      setup.passwords = {"wfvAwt7sj"};
      if (trusting.find(letter) != std::string::npos)
        setup.trusted_subnets.push_back(*subnet::parse("10.0.0.0/8"));
      add_overlaid(letter, setup);
    }
    at('a').connect_to(at('b'));
    settle();
    BOOST_TEST_REQUIRE(seen('a').count() == 1u);
    BOOST_TEST_REQUIRE(seen('b').count() == 1u);
  }
  std::shared_ptr<const crypto::key> key_at(char letter) {
    return seen(letter).latest().asked.session_key;
  }
  void end_overlay_connection(char letter) {
    caf::anon_send_exit(seen(letter).latest().connection,
                        caf::exit_reason::user_shutdown);
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(overlay_tests, overlays_fixture)

// -- established or not

BOOST_AUTO_TEST_CASE(without_an_overlay_a_connection_is_established_at_once) {
  add('a');
  add('b');
  at('a').connect_to(at('b'));
  BOOST_TEST(at('a').topology() == "a>b b>a");
}

BOOST_AUTO_TEST_CASE(heartbeats_establish_a_connection) {
  connect_two();
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(seen('a').latest().confirmed);
  BOOST_TEST(seen('b').latest().confirmed);
}

BOOST_AUTO_TEST_CASE(without_a_heartbeat_a_connection_is_not_established) {
  add_overlaid('a');
  add_overlaid('b');
  lose_datagrams('a', 'b');
  lose_datagrams('b', 'a');
  at('a').connect_to(at('b'));
  run_for(milliseconds{500});
  BOOST_TEST(at('a').topology() == "a~b b~a");
}

BOOST_AUTO_TEST_CASE(heartbeats_one_way_establish_one_side) {
  add_overlaid('a');
  add_overlaid('b');
  lose_datagrams('a', 'b');
  at('a').connect_to(at('b'));
  run_for(milliseconds{500});
  BOOST_TEST(at('a').topology() == "a>b b~a");
}

BOOST_AUTO_TEST_CASE(a_connection_is_closed_if_no_heartbeat_ever_comes) {
  add_overlaid('a');
  add_overlaid('b');
  lose_datagrams('a', 'b');
  at('a').connect_to(at('b'));
  run_for(milliseconds{1'100});
  BOOST_TEST(at('b').log().has("no datagrams come through"));
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(at('b').topology() == "b");
}

BOOST_AUTO_TEST_CASE(losing_the_heartbeats_closes_the_connection) {
  connect_two();
  at('a').forget({at('b').address()});
  lose_datagrams('b', 'a');
  run_for(milliseconds{900});
  BOOST_TEST(at('a').topology() == "a>b b>a");
  run_for(milliseconds{300});
  BOOST_TEST(at('a').log().has("no datagrams come through"));
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(at('b').topology() == "b");
}

BOOST_AUTO_TEST_CASE(heartbeats_that_return_make_a_new_connection) {
  connect_two();
  lose_datagrams('b', 'a');
  run_for(seconds{2});
  restore_datagrams('b', 'a');
  run_for(seconds{60});
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(seen('a').count() > 1u);
  BOOST_TEST(seen('a').count_ended() == seen('a').count() - 1);
}

BOOST_AUTO_TEST_CASE(messages_travel_before_the_overlay_works) {
  add_overlaid('a');
  add_overlaid('b');
  lose_datagrams('a', 'b');
  lose_datagrams('b', 'a');
  at('a').connect_to(at('b'));
  auto sent = at('a').unicast("chan", at('b'), "hello");
  BOOST_TEST(!sent->is_open);
  BOOST_TEST(!sent->why);
  BOOST_TEST(at('b').recorded("chan").unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_overlay_may_work_before_its_connection_is_admitted) {
  options('a').hasty = true;
  add_overlaid('a');
  add_overlaid('b');
  lose_datagrams('b', 'a');
  at('a').connect_to(at('b'));
  run_for(milliseconds{500});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(reporting_established_twice_changes_nothing) {
  connect_two();
  auto before = at('a').record_of(at('a')).peer.version;
  caf::anon_send(seen('a').latest().asked.host, overlay_established{});
  settle();
  BOOST_TEST(at('a').record_of(at('a')).peer.version == before);
}

// -- information for overlays

BOOST_AUTO_TEST_CASE(an_overlay_is_told_who_the_remote_is) {
  connect_two();
  auto who = seen('a').latest().asked.remote;
  BOOST_TEST((who.name == at('b').name()));
  BOOST_TEST(who.nickname == "b");
  BOOST_TEST((who.uid == at('a').record_of(at('b')).peer.uid));
  BOOST_TEST((who.alias == at('a').record_of(at('b')).peer.alias));
}

BOOST_AUTO_TEST_CASE(an_overlay_is_told_addresses_and_direction) {
  connect_two();
  auto a = seen('a').latest().asked;
  auto b = seen('b').latest().asked;
  BOOST_TEST(a.outbound);
  BOOST_TEST(!b.outbound);
  BOOST_TEST(a.remote_address == at('b').address());
  BOOST_TEST(b.local_address == at('b').address());
  BOOST_TEST(a.local_address == b.remote_address);
  BOOST_TEST(a.local_address.rfind(at('a').host() + ":", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(both_ends_are_told_the_same_connection_uid) {
  connect_two();
  auto uid = value_of(seen('a').latest().asked.uid);
  BOOST_TEST(uid != 0u);
  BOOST_TEST(value_of(seen('b').latest().asked.uid) == uid);
}

BOOST_AUTO_TEST_CASE(features_of_an_overlay_reach_the_other_one) {
  options('a').features["Colour"] = "green";
  connect_two();
  auto told = seen('b').latest().asked.features;
  BOOST_TEST(told["Colour"] == "green");
  BOOST_TEST(told["NickName"] == "a");
  BOOST_TEST(seen('a').latest().asked.features.count("Colour") == 0u);
}

BOOST_AUTO_TEST_CASE(an_overlay_cannot_replace_features_of_the_mesh) {
  options('a').features["Name"] = "00:00:00:00:00:62";
  options('a').features["UID"] = "1";
  connect_two();
  BOOST_TEST(all_know("a>b b>a"));
}

// -- the session key

BOOST_AUTO_TEST_CASE(without_a_password_there_is_no_session_key) {
  connect_two();
  BOOST_TEST(!key_at('a'));
  BOOST_TEST(!key_at('b'));
}

BOOST_AUTO_TEST_CASE(without_trust_both_sides_get_the_same_session_key) {
  connect_with_trust_of("");
  BOOST_TEST_REQUIRE((key_at('a') && key_at('b')));
  BOOST_TEST((key_at('a')->view() == key_at('b')->view()));
}

BOOST_AUTO_TEST_CASE(if_only_the_dialler_trusts_both_get_the_session_key) {
  connect_with_trust_of("a");
  BOOST_TEST_REQUIRE((key_at('a') && key_at('b')));
  BOOST_TEST((key_at('a')->view() == key_at('b')->view()));
}

BOOST_AUTO_TEST_CASE(if_only_the_acceptor_trusts_both_get_the_session_key) {
  connect_with_trust_of("b");
  BOOST_TEST((key_at('a') && key_at('b')));
}

BOOST_AUTO_TEST_CASE(if_both_sides_trust_there_is_no_session_key) {
  connect_with_trust_of("ab");
  BOOST_TEST(!key_at('a'));
  BOOST_TEST(!key_at('b'));
  // The overlay gets no session key, but the mesh's own traffic must still be
  // encrypted.
  BOOST_TEST(at('a').log().has("encrypted"));
}

// -- control messages

BOOST_AUTO_TEST_CASE(a_control_message_reaches_the_other_overlay) {
  connect_two();
  for (auto tag : {overlay_tag::legacy_1, overlay_tag::legacy_2,
                   overlay_tag::legacy_3, overlay_tag::control}) {
    BOOST_TEST(!say('a', tag, "hello").why);
    auto got = seen('b').latest().controls;
    BOOST_TEST_REQUIRE(!got.empty());
    BOOST_TEST((got.back().first == tag));
    BOOST_TEST(got.back().second == "hello");
  }
  BOOST_TEST(seen('b').latest().controls.size() == 4u);
}

BOOST_AUTO_TEST_CASE(an_empty_control_message_is_a_message) {
  connect_two();
  say('b', overlay_tag::control, "");
  BOOST_TEST_REQUIRE(seen('a').latest().controls.size() == 1u);
  BOOST_TEST(seen('a').latest().controls[0].second == "");
}

BOOST_AUTO_TEST_CASE(control_messages_keep_their_order) {
  connect_two();
  for (int i = 0; i < 20; ++i)
    caf::anon_send(seen('a').latest().asked.host,
                   send_overlay_control{overlay_tag::control,
                                        text_payload(std::to_string(i))});
  run();
  auto got = seen('b').latest().controls;
  BOOST_TEST_REQUIRE(got.size() == 20u);
  for (std::size_t i = 0; i < got.size(); ++i)
    BOOST_TEST(got[i].second == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_control_message_over_the_limit_is_an_error) {
  connect_two();
  auto said =
    say('a', overlay_tag::control, std::string(wire::max_frame_size, 'x'));
  BOOST_TEST(is(said.why, errc::too_large), describe(said.why));
  BOOST_TEST(seen('b').latest().controls.empty());
  BOOST_TEST(all_know("a>b b>a"));
}

// With one of the mesh's own tags, an overlay could forge gossip.
BOOST_AUTO_TEST_CASE(a_control_message_cannot_carry_a_tag_of_the_mesh) {
  connect_two();
  for (auto tag : {wire::message_tag::heartbeat, wire::message_tag::gossip,
                   wire::message_tag::unicast, wire::message_tag::broadcast}) {
    auto said = say('a', static_cast<overlay_tag>(tag), "hello");
    BOOST_TEST(is(said.why, errc::malformed), describe(said.why));
  }
  BOOST_TEST(all_know("a>b b>a"));
}

BOOST_AUTO_TEST_CASE(without_an_overlay_control_messages_are_ignored) {
  add_overlaid('a');
  options('a').patience = minutes{1};
  add('b');
  at('a').connect_to(at('b'));
  BOOST_TEST(!say('a', overlay_tag::control, "hello").why);
  settle();
  BOOST_TEST(at('a').topology() == "a~b b>a");
}

// -- ends

BOOST_AUTO_TEST_CASE(an_overlay_that_refuses_closes_the_connection) {
  add_overlaid('a');
  options('a').refusal = make_error(errc::bad_feature, "no common protocol");
  add_overlaid('b');
  at('a').connect_to(at('b'));
  run_for(milliseconds{100});
  BOOST_TEST(at('a').log().has("no common protocol"));
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(seen('b').count() == seen('b').count_ended());
}

BOOST_AUTO_TEST_CASE(an_overlay_connection_that_ends_closes_its_connection) {
  connect_two();
  at('a').forget({at('b').address()});
  end_overlay_connection('b');
  run_for(milliseconds{100});
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(at('b').topology() == "b");
  BOOST_TEST(seen('a').latest().ended);
}

BOOST_AUTO_TEST_CASE(an_overlay_connection_ends_with_its_connection) {
  connect_two();
  net().cut(at('a').host(), at('b').host());
  run();
  BOOST_TEST(seen('a').latest().ended);
  BOOST_TEST(seen('b').latest().ended);
}

// Two nodes that dial each other get two connections and keep one of them.
BOOST_AUTO_TEST_CASE(an_unwanted_connection_is_never_confirmed) {
  add_overlaid('a');
  add_overlaid('b');
  ask_later<void>(system(), at('a').router(),
                  connect_to{{at('b').address()}, false});
  ask_later<void>(system(), at('b').router(),
                  connect_to{{at('a').address()}, false});
  run_for(seconds{5});
  BOOST_TEST(all_know("a>b b>a"));
  for (char letter : {'a', 'b'})
    seen(letter).with([](auto& xs) {
      std::size_t alive = 0;
      for (auto& x : xs)
        alive += x.ended ? 0 : 1;
      BOOST_TEST(alive == 1u);
    });
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_not_admitted_is_not_confirmed) {
  auto setup = settings_for('a');
  setup.connection_limit = 1;
  add_overlaid('a', setup);
  add_overlaid('b').connect_to(at('a'));
  add_overlaid('c').connect_to(at('a'));
  settle();
  seen('a').with([](auto& xs) {
    BOOST_TEST_REQUIRE(xs.size() > 1u);
    BOOST_TEST(xs[0].confirmed);
    for (std::size_t i = 1; i < xs.size(); ++i) {
      BOOST_TEST(!xs[i].confirmed);
      BOOST_TEST(xs[i].ended);
    }
  });
}

BOOST_AUTO_TEST_CASE(a_node_whose_overlay_died_takes_no_connections) {
  connect_two();
  caf::anon_send_exit(overlays['a'], caf::exit_reason::kill);
  run();
  add_overlaid('c').connect_to(at('a'));
  run_for(milliseconds{100});
  BOOST_TEST(at('c').degree() == 0u);
  BOOST_TEST(at('a').log().has("closed"));
}

BOOST_AUTO_TEST_CASE(an_overlay_ends_with_its_node) {
  connect_two();
  caf::actor_addr weak = overlays['a'].address();
  overlays.erase('a');
  at('a').stop();
  run();
  BOOST_TEST(!caf::actor_cast<caf::actor>(weak));
}

BOOST_AUTO_TEST_SUITE_END()
