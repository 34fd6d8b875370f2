#include "tests/support/overlaid_mesh.hpp"
#include "tests/support/stranger.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// These tests end actors of a node, one at a time. The node must either work as
// before, or end as a whole and say why.
namespace {

struct supervision : overlaid_mesh {
  void build_pair() {
    build("ab");
    at('b').connect_to(at('a'));
    at('a').broadcast("chan", "before");
    BOOST_TEST_REQUIRE(heard_at_b("before"));
  }
  bool heard_at_b(const std::string& word) {
    const auto& all = at('b').recorded("chan").broadcasts;
    return std::any_of(all.begin(), all.end(), [&](const auto& x) {
      return word_set::decode(byte_view{x.second}).count(word) > 0;
    });
  }
  void end(const std::string& kind, const caf::error& reason) {
    auto all = at('a').parts(kind);
    BOOST_TEST_REQUIRE(!all.empty(), "no " << kind);
    caf_version::tell_to_end(caf::actor_cast<caf::actor_addr>(all.front()),
                             reason);
    all.clear();
    run();
  }
  bool node_has_ended() {
    auto why = ask<node_description>(at('a').router(), get_node{}).why;
    return is(why, errc::stopped) && at('a').count_parts() == 0u;
  }
  void check_that_it_has_ended(const std::string& kind) {
    settle();
    BOOST_TEST(node_has_ended());
    BOOST_TEST(at('a').log().count({kind, "ended", "the node stops"}) == 1u);
    BOOST_TEST(at('b').topology() == "b");
  }
  void check_that_it_works() {
    settle();
    BOOST_TEST_REQUIRE(!node_has_ended());
    BOOST_TEST(all_know("a>b b>a"));
    at('a').broadcast("chan", "after");
    run();
    BOOST_TEST(heard_at_b("after"));
  }
  void end_everything() {
    at('a').stop();
    at('b').stop();
    nodes().clear();
    run();
    BOOST_TEST_REQUIRE(running() == 0u);
    BOOST_TEST_REQUIRE(net().open_sockets() == 0u);
    BOOST_TEST_REQUIRE(net().open_listeners() == 0u);
  }
  /// For each exit reason, builds `a` and `b`, ends an actor of this kind on
  /// `a`, and runs `check`.
  template <class F>
  void for_each_reason(const std::string& kind, F check) {
    const caf::error reasons[] = {
      caf::exit_reason::kill, caf::exit_reason::user_shutdown,
      caf::exit_reason::unhandled_exception,
      make_error(errc::bad_setting, "an application's reason")};
    for (const auto& reason : reasons) {
      BOOST_TEST_CONTEXT(kind << ": " << describe(reason)) {
        build_pair();
        end(kind, reason);
        check();
        end_everything();
      }
    }
  }
  /// @returns an error that is set to the exit reason of the router of `a` when
  ///          the router ends
  std::shared_ptr<caf::error> watch_router() {
    auto result = std::make_shared<caf::error>();
    caf_version::on_end(at('a').router(),
                        [result](const caf::error& x) { *result = x; });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision_tests, supervision)

// -- parts that a node cannot do without

BOOST_AUTO_TEST_CASE(a_node_ends_with_its_topology) {
  for_each_reason("topology", [this] { check_that_it_has_ended("topology"); });
}

BOOST_AUTO_TEST_CASE(a_node_ends_with_its_connection_maker) {
  for_each_reason("connection_maker",
                  [this] { check_that_it_has_ended("connection_maker"); });
}

BOOST_AUTO_TEST_CASE(a_node_ends_with_its_acceptor) {
  for_each_reason("acceptor", [this] { check_that_it_has_ended("acceptor"); });
}

BOOST_AUTO_TEST_CASE(a_node_ends_with_one_of_its_channels) {
  for_each_reason("channel", [this] { check_that_it_has_ended("channel"); });
}

BOOST_AUTO_TEST_CASE(a_node_ends_with_a_gossip_sender) {
  for_each_reason("gossip_sender",
                  [this] { check_that_it_has_ended("channel"); });
}

BOOST_AUTO_TEST_CASE(a_node_ends_with_a_surrogate) {
  build_pair();
  at('a').find("relayed");
  end("surrogate", caf::exit_reason::kill);
  check_that_it_has_ended("channel 'relayed'");
  BOOST_TEST(at('a').log().count({"surrogate 'relayed' ended", "kill"}) > 0u);
}

BOOST_AUTO_TEST_CASE(the_routers_exit_reason_names_the_part_that_ended) {
  build_pair();
  auto reason = watch_router();
  end("connection_maker", caf::exit_reason::kill);
  BOOST_TEST(is(*reason, errc::internal));
  BOOST_TEST(describe(*reason).find("connection_maker ended")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_part_that_dies_while_the_node_stops_does_not_delay_it) {
  for (const auto* kind :
       {"topology", "connection_maker", "acceptor", "channel"}) {
    build_pair();
    net().block(at('a').host(), at('b').host());
    for (int i = 0; i < 40; ++i)
      at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x'));
    {
      stranger inbound{*this, at('a')};
      inbound.introduce();
      auto stopped = ask_later<void>(system(), at('a').router(), stop_mesh{});
      run();
      BOOST_TEST_REQUIRE(stopped->is_open);
      end(kind, caf::exit_reason::kill);
      BOOST_TEST(!stopped->is_open);
      BOOST_TEST(node_has_ended());
    }
    net().unblock(at('a').host(), at('b').host());
    end_everything();
  }
}

// -- the router

BOOST_AUTO_TEST_CASE(nothing_of_a_node_outlives_its_router) {
  build_pair();
  stranger silent{*this, at('a')};
  at('a').find("relayed");
  net().silence("mute");
  at('a').connect_to({"10.0.0.120:6783", "mute:6783"});
  caf::anon_send_exit(at('a').router(), caf::exit_reason::kill);
  run();
  BOOST_TEST(node_has_ended());
  BOOST_TEST(at('a').log().count({"the router ended", "kill"}) == 1u);
  settle();
  BOOST_TEST(at('b').topology() == "b");
  BOOST_TEST(net().open_listeners() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stop_is_answered_even_if_the_router_is_killed) {
  build_pair();
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 40; ++i)
    at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x'));
  auto stopped = ask_later<void>(system(), at('a').router(), stop_mesh{});
  run();
  BOOST_TEST_REQUIRE(stopped->is_open);
  caf::anon_send_exit(at('a').router(), caf::exit_reason::kill);
  run();
  BOOST_TEST(!stopped->is_open);
  BOOST_TEST(is(stopped->why, errc::stopped));
}

BOOST_AUTO_TEST_CASE(an_overlay_ends_with_a_killed_router) {
  add_overlaid('a');
  caf::actor_addr weak = overlays['a'].address();
  overlays.erase('a');
  caf::anon_send_exit(at('a').router(), caf::exit_reason::kill);
  run();
  BOOST_TEST(!caf::actor_cast<caf::actor>(weak));
}

// -- parts that are started again

BOOST_AUTO_TEST_CASE(a_connection_that_dies_is_dialled_again) {
  for_each_reason("connection", [this] { check_that_it_works(); });
}

BOOST_AUTO_TEST_CASE(the_end_of_a_connection_is_logged_with_its_reason) {
  build_pair();
  end("connection", caf::exit_reason::kill);
  BOOST_TEST(at('a').log().count({"connection [", "] ended", "kill"}) == 1u);
}

BOOST_AUTO_TEST_CASE(senders_are_answered_when_a_connection_is_killed) {
  build_pair();
  net().block(at('a').host(), at('b').host());
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(
      at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x')));
  BOOST_TEST_REQUIRE(sent.back()->is_open);
  end("connection", caf::exit_reason::kill);
  for (const auto& x : sent)
    BOOST_TEST(!x->is_open);
  net().unblock(at('a').host(), at('b').host());
}

BOOST_AUTO_TEST_CASE(an_overlays_connection_ends_with_a_killed_connection) {
  connect_two();
  end("connection", caf::exit_reason::kill);
  BOOST_TEST(seen('a').count_ended() == 1u);
}

BOOST_AUTO_TEST_CASE(a_dial_that_dies_is_tried_again) {
  add('a');
  add('b');
  net().unplug(at('a').host(), at('b').host());
  at('a').connect_to(at('b'));
  end("dialler", caf::exit_reason::kill);
  BOOST_TEST(at('a').log().count({"dialler [", "] ended", "kill"}) == 1u);
  net().plug(at('a').host(), at('b').host());
  check_that_it_works();
}

BOOST_AUTO_TEST_CASE(a_lookup_that_dies_is_tried_again) {
  add('a');
  add('b');
  net().silence("b");
  at('a').connect_to({"b:6783"});
  end("lookup", caf::exit_reason::kill);
  net().name("b", {at('b').host()});
  BOOST_TEST(at('a').log().count({"lookup [b:6783] ended", "kill"}) == 1u);
  check_that_it_works();
}

BOOST_AUTO_TEST_CASE(a_status_query_that_dies_answers_with_what_it_has) {
  options('a').silent = true;
  add_overlaid('a');
  auto status =
    ask_later<mesh_status>(system(), at('a').router(), get_status{});
  run();
  BOOST_TEST_REQUIRE(status->is_open);
  end("status_query", caf::exit_reason::kill);
  BOOST_TEST_REQUIRE(status->value.has_value());
  BOOST_TEST(status->value->name.str() == at('a').name().str());
}

BOOST_AUTO_TEST_SUITE_END()
