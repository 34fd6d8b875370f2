#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <nlohmann/json.hpp>

#include "tests/actors/remote/named_machines.hpp"
#include <cafmesh/status_json.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

using nlohmann::json;

caf::behavior never_answers(caf::event_based_actor* self) {
  return {[self](int) { return self->make_response_promise(); },
          [](const std::string&) {
          }};
}

caf::behavior reads_nothing(caf::event_based_actor* self) {
  self->set_default_handler(caf::skip);
  return {[](double) {
  }};
}

struct directed : named_machines {
  actors_status status(char where) {
    auto got = ask<actors_status>(where, get_actors{});
    BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
    return *got->value;
  }
  peer_actors of(const actors_status& x, char letter) {
    for (const auto& each : x.peers)
      if (each.peer == at(letter).home.peer)
        return each;
    BOOST_FAIL("no peer " << letter);
    return {};
  }
  /// What the status document of `where` says about the actors of `letter`.
  json document(char where, char letter) {
    auto asked = ask_later<mesh_status>(at(where).system(), at(where).router,
                                        get_status{});
    run_for(seconds{2});
    BOOST_TEST_REQUIRE(asked->value.has_value(), describe(asked->why));
    const auto all = json::parse(to_json(*asked->value));
    for (const auto& x : all["Actors"]["Peers"])
      if (x["Peer"] == at(letter).home.peer.str())
        return x;
    BOOST_FAIL("no peer " << letter);
    return {};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(actors_status_tests, directed)

BOOST_AUTO_TEST_CASE(the_status_shows_for_each_peer_what_actors_have_to_do) {
  build("ab");
  auto far = at('b').spawn(never_answers);
  publish('b', "stuck", far);
  auto handle = find('a', "stuck");
  ask_later<int>(at('a').system(), handle, 1);
  at('a').spawn([handle](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(handle);
    return {[](int) {
    }};
  });
  run_for(milliseconds{100});
  auto on_a = of(status('a'), 'b');
  BOOST_TEST((on_a.uid == at('b').home.uid));
  BOOST_TEST(on_a.in_session);
  BOOST_TEST(on_a.names == 1u);
  BOOST_TEST_REQUIRE(on_a.published.size() == 1u);
  BOOST_TEST(on_a.published[0].name == "stuck");
  BOOST_TEST(on_a.published[0].actor == far.id());
  BOOST_TEST(on_a.proxies == 1u);
  BOOST_TEST(on_a.watched_there == 1u);
  BOOST_TEST(on_a.open_requests == 1u);
  BOOST_TEST(on_a.dead_letters.empty());
  auto all_on_b = status('b');
  BOOST_TEST(of(all_on_b, 'b').names == 1u);
  auto on_b = of(all_on_b, 'a');
  BOOST_TEST(on_b.leased == 1u);
  BOOST_TEST(on_b.watched_here == 1u);
  BOOST_TEST((on_b.watched_here_ids == std::vector<std::uint64_t>{far.id()}));
  BOOST_TEST(all_on_b.exported >= 1u);
  BOOST_TEST(all_on_b.unlisted_peers == 0u);
}

BOOST_AUTO_TEST_CASE(dropped_and_unprocessed_messages_are_in_the_status) {
  build("ab");
  auto stuck = at('b').spawn(reads_nothing);
  publish('b', "stuck", stuck);
  auto handle = find('a', "stuck");
  for (int i = 0; i < 100; ++i)
    caf::anon_send(handle, std::string(50'000, 'x'));
  run_for(milliseconds{100});
  auto all = status('a');
  auto on_a = of(all, 'b');
  // Unprocessed messages to one actor may take 4 MiB. So 83 messages of 50 kB
  // are sent, and the other 17 are dropped.
  BOOST_TEST(on_a.unprocessed_there >= 4'000'000u);
  BOOST_TEST(on_a.dead_letters.at("congested") == 17u);
  BOOST_TEST(all.dead_letters.at("congested") == 17u);
  BOOST_TEST(of(status('b'), 'a').unprocessed_here >= 4'000'000u);
}

BOOST_AUTO_TEST_CASE(the_status_of_a_node_shows_a_bounded_number_of_names) {
  build("ab");
  auto far = at('b').spawn(never_answers);
  for (int i = 0; i < 300; ++i)
    caf::anon_send(names['b'], publication(at('b').system(),
                                           "name" + std::to_string(i), far));
  run_for(milliseconds{100});
  auto on_a = of(status('a'), 'b');
  BOOST_TEST(on_a.names == 300u);
  BOOST_TEST(on_a.published.size() == 100u);
}

BOOST_AUTO_TEST_CASE(the_status_document_has_the_actors_of_the_router_s_node) {
  build("ab");
  auto far = at('b').spawn(never_answers);
  publish('b', "job", far);
  auto b = document('a', 'b');
  BOOST_TEST(b["Published"][0]["Name"] == "job");
  const auto& home = at('b').home;
  BOOST_TEST(b["Published"][0]["Address"]
             == to_string(actor_address{home.peer, home.uid, far.id()}));
  BOOST_TEST(b["DeadLetters"] == json::object());
}

BOOST_AUTO_TEST_CASE(the_status_document_tells_both_sides_of_what_is_open) {
  build("ab");
  auto far = at('b').spawn(never_answers);
  auto stuck = at('b').spawn(reads_nothing);
  publish('b', "job", far);
  publish('b', "stuck", stuck);
  auto handle = find('a', "job");
  auto to_stuck = find('a', "stuck");
  auto downs = at('a').monitor(handle);
  auto open = ask_later<int>(at('a').system(), handle, 1);
  caf::anon_send(to_stuck, std::string(50'000, 'x'));
  run_for(milliseconds{100});
  auto on_a = document('a', 'b');
  BOOST_TEST(on_a["Proxies"] == 2);
  BOOST_TEST(on_a["WatchedThere"] == 1);
  BOOST_TEST(on_a["OpenRequests"] == 1);
  BOOST_TEST(on_a["UnprocessedThere"] >= 50'000);
  auto on_b = document('b', 'a');
  BOOST_TEST(on_b["Leased"] == 2);
  BOOST_TEST(on_b["WatchedHere"] == 1);
  BOOST_TEST(on_b["WatchedHereIDs"] == json::array({far.id()}));
  BOOST_TEST(on_b["UnprocessedHere"] >= 50'000);
}

BOOST_AUTO_TEST_SUITE_END()
