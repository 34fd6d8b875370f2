#include <cafmesh/topics.hpp>

#include <algorithm>
#include <random>

#include "actors/core/remote/topic_message.hpp"
#include "tests/actors/directory/topics_fixture.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of topics: subscribing, delivery, limits, and forged messages.
BOOST_FIXTURE_TEST_SUITE(topics_tests, topics)

BOOST_AUTO_TEST_CASE(a_message_reaches_each_subscriber_once) {
  build_with_topics("ab bc cd");
  auto on_a = make_list();
  auto on_b = make_list();
  auto also_on_b = make_list();
  auto on_d = make_list();
  subscribe('a', "news", on_a);
  subscribe('b', "news", on_b);
  subscribe('b', "news", also_on_b);
  subscribe('d', "news", on_d);
  for (auto text : {"1", "2", "3"})
    publish('a', "news", text);
  for (const auto& heard : {on_a, on_b, also_on_b, on_d})
    BOOST_TEST((*heard == strings{"1", "2", "3"}));
  BOOST_TEST(figures('c').unwanted == 0u);
  BOOST_TEST(figures('d').missed == 0u);
}

BOOST_AUTO_TEST_CASE(a_second_subscription_of_an_actor_changes_nothing) {
  build_with_topics("ab");
  auto heard = make_list();
  auto x = subscribe('b', "news", heard);
  ask<void>(of.at('b'), subscription("news", x));
  publish('a', "news", "once");
  BOOST_TEST((*heard == strings{"once"}));
}

BOOST_AUTO_TEST_CASE(few_subscribing_peers_get_unicasts_and_many_a_broadcast) {
  build_with_topics("ab ac ad ae af ag ah ai aj");
  std::map<char, text_list> heard;
  for (char x = 'b'; x <= 'i'; ++x)
    subscribe(x, "news", heard[x] = make_list());
  for (int i = 0; i < 10; ++i)
    publish('b', "news", std::to_string(i));
  BOOST_TEST(at('j').figures("cafmesh/topics").broadcasts_received == 0u);
  subscribe('j', "news", heard['j'] = make_list());
  subscribe('a', "news", heard['a'] = make_list());
  for (int i = 10; i < 20; ++i)
    publish('b', "news", std::to_string(i));
  BOOST_TEST(at('j').figures("cafmesh/topics").broadcasts_received == 10u);
  for (const auto& [letter, all_of_it] : heard) {
    BOOST_TEST(all_of_it->size()
                 == (letter == 'a' || letter == 'j' ? 10u : 20u),
               letter);
    BOOST_TEST(figures(letter).missed == 0u);
    BOOST_TEST(figures(letter).repeated == 0u);
  }
}

// By CAF's defaults, an error that arrives as a message ends the actor that
// receives it.
BOOST_AUTO_TEST_CASE(a_topic_carries_no_error_that_would_end_its_subscribers) {
  build_with_topics("ab");
  auto heard = make_list();
  subscribe('b', "news", heard);
  auto refused =
    ask<void>(of.at('a'), to_topic("news", make_error(errc::left)));
  BOOST_TEST(is(refused.why, errc::unknown_type), describe(refused.why));
  bytes raw;
  remote::append_topic_message(raw, {99, 1, "news", {}});
  carriers.begin()->second->encode_message(
    caf::make_message(make_error(errc::left)), raw);
  broadcast_raw('a', raw);
  BOOST_TEST(figures('b').malformed == 1u);
  publish('a', "news", "after it");
  BOOST_TEST((*heard == strings{"after it"}));
}

BOOST_AUTO_TEST_CASE(a_subscription_ends_with_its_actor) {
  build_with_topics("ab");
  auto heard = make_list();
  auto x = subscribe('b', "news", heard);
  auto y = subscribe('b', "news", heard);
  BOOST_TEST(holders('a', "topic:news") == "b");
  end(x);
  run_for(milliseconds{50});
  publish('a', "news", "one is left");
  BOOST_TEST(heard->size() == 1u);
  end(y);
  run_for(milliseconds{50});
  BOOST_TEST(holders('a', "topic:news") == "");
  publish('a', "news", "nobody hears");
  BOOST_TEST(heard->size() == 1u);
  BOOST_TEST(figures('b').topics == 0u);
}

BOOST_AUTO_TEST_CASE(a_subscription_can_be_ended_for_one_topic) {
  build_with_topics("ab");
  auto heard = make_list();
  auto x = subscribe('b', "news", heard);
  ask<void>(of.at('b'), subscription("weather", x));
  ask<void>(of.at('b'), end_of_subscription("news", x));
  run_for(milliseconds{50});
  publish('a', "news", "unheard");
  publish('a', "weather", "heard");
  BOOST_TEST((*heard == strings{"heard"}));
  end(x);
  run_for(milliseconds{50});
  BOOST_TEST(figures('b').topics == 0u);
}

BOOST_AUTO_TEST_CASE(subscriptions_and_messages_out_of_range_are_refused) {
  build_with_topics("ab");
  auto x = listener(make_list());
  for (const std::string& topic : {std::string{}, std::string(250, 'x')}) {
    BOOST_TEST(
      is(ask<void>(of.at('a'), subscription(topic, x)).why, errc::bad_setting));
    BOOST_TEST(
      is(ask<void>(of.at('a'), to_topic(topic, 1)).why, errc::bad_setting));
  }
  BOOST_TEST(is(ask<void>(of.at('a'), subscribe_topic{"news", nullptr}).why,
                errc::bad_setting));
  BOOST_TEST(
    is(ask<void>(of.at('a'), to_topic("news", get_topic_figures{})).why,
       errc::unknown_type));
}

BOOST_AUTO_TEST_CASE(
  all_subscribers_are_answered_once_the_topic_is_published_or_refused) {
  build_with_topics("ab");
  directories::publish('a', "topic:taken", spawn_echo("x"));
  auto subscribe_twice = [&](const std::string& topic) {
    auto first = ask_later<void>(system(), of.at('a'),
                                 subscription(topic, listener(make_list())));
    auto second = ask_later<void>(system(), of.at('a'),
                                  subscription(topic, listener(make_list())));
    run();
    BOOST_TEST(!first->is_open);
    BOOST_TEST(!second->is_open);
    return std::vector{first->why, second->why};
  };
  for (const auto& why : subscribe_twice("taken"))
    BOOST_TEST(is(why, errc::bad_setting), describe(why));
  BOOST_TEST(holders('a', "topic:taken") == "a");
  for (const auto& why : subscribe_twice("free"))
    BOOST_TEST(!why, describe(why));
  BOOST_TEST(figures('a').topics == 1u);
}

BOOST_AUTO_TEST_CASE(a_topic_that_ends_before_it_is_published_leaves_no_name) {
  build_with_topics("ab");
  auto x = listener(make_list());
  caf::anon_send(of.at('a'), subscription("short", x));
  caf::anon_send(of.at('a'), end_of_subscription("short", x));
  run_for(milliseconds{50});
  BOOST_TEST(holders('a', "topic:short") == "");
  BOOST_TEST(figures('a').topics == 0u);
}

// -- limits and forged messages

BOOST_AUTO_TEST_CASE(a_stuck_subscriber_costs_a_bounded_number_of_bytes) {
  build_with_topics("ab");
  auto stuck = keep(system().spawn([](caf::event_based_actor* self) {
    self->set_default_handler(caf::skip);
    return caf::behavior{[](int) {
    }};
  }));
  auto heard = make_list();
  ask<void>(of.at('b'), subscription("news", stuck));
  subscribe('b', "news", heard);
  for (int i = 0; i < 100; ++i)
    publish('a', "news", std::string(100'000, 'x'));
  BOOST_TEST(heard->size() == 100u);
  BOOST_TEST(figures('b').overflowed >= 55u);
  BOOST_TEST(figures('b').delivered <= 145u);
}

BOOST_AUTO_TEST_CASE(a_broadcast_that_comes_again_is_delivered_once) {
  build_with_topics("ab");
  auto heard = make_list();
  subscribe('b', "news", heard);
  broadcast_raw('a', 1, "news", "x");
  broadcast_raw('a', 1, "news", "x");
  BOOST_TEST((*heard == strings{"x"}));
  BOOST_TEST(figures('b').repeated == 1u);
}

BOOST_AUTO_TEST_CASE(a_forged_number_suppresses_no_message) {
  build_with_topics("ab");
  auto heard = make_list();
  subscribe('b', "news", heard);
  broadcast_raw('a', 1, "news", "forged");
  broadcast_raw('a', 1u << 30, "news", "forged, too");
  broadcast_raw('a', 1, "news", "true");
  broadcast_raw('a', 2, "news", "as well");
  BOOST_TEST((*heard == strings{"forged", "forged, too", "true", "as well"}));
}

BOOST_AUTO_TEST_CASE(messages_that_are_missing_are_counted) {
  build_with_topics("ab");
  subscribe('b', "news", make_list());
  for (auto number : {1, 2, 5})
    broadcast_raw('a', number, "news", "x");
  BOOST_TEST(figures('b').missed == 2u);
}

BOOST_AUTO_TEST_CASE(junk_and_topics_without_subscribers_are_counted) {
  build_with_topics("ab");
  auto heard = make_list();
  subscribe('b', "news", heard);
  broadcast_raw('a', 1, "other", "x");
  broadcast_raw('a', bytes{1, 2, 3});
  bytes without_content;
  remote::append_topic_message(without_content, {99, 1, "news", {}});
  broadcast_raw('a', without_content);
  BOOST_TEST(heard->empty());
  BOOST_TEST(figures('b').unwanted == 1u);
  BOOST_TEST(figures('b').malformed == 2u);
  BOOST_TEST(at('a').degree() == 1u);
}

// -- random walks

BOOST_AUTO_TEST_CASE(
  a_message_arrives_at_most_once_and_once_when_the_mesh_is_stable) {
  const std::string ring = "abcdefghij";
  build_with_topics("ab bc cd de ef fg gh hi ij ja");
  std::map<char, text_list> heard;
  for (char x : ring)
    subscribe(x, "walk", heard[x] = make_list());
  std::mt19937 random{7};
  auto sent = 0;
  auto any = [&] {
    return random() % ring.size();
  };
  for (int i = 0; i < 300; ++i) {
    auto x = any();
    const auto& from = at(ring[x]).host();
    const auto& to = at(ring[(x + 1) % ring.size()]).host();
    if (i % 10 == 0)
      net().cut(from, to);
    caf::anon_send(of.at(ring[any()]),
                   to_topic("walk", std::to_string(++sent)));
    run_for(milliseconds{random() % 50});
  }
  run_for(minutes{1});
  auto first_stable = sent;
  for (char x : ring)
    for (int i = 0; i < 5; ++i)
      publish(x, "walk", std::to_string(++sent));
  run_for(seconds{1});
  for (const auto& [letter, all_of_it] : heard) {
    auto sorted = *all_of_it;
    std::sort(sorted.begin(), sorted.end());
    BOOST_TEST(
      (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()),
      letter << " heard a message twice");
    for (auto number = first_stable + 1; number <= sent; ++number)
      BOOST_TEST(std::binary_search(sorted.begin(), sorted.end(),
                                    std::to_string(number)),
                 letter << " has not heard " << number);
    BOOST_TEST(figures(letter).delivered == all_of_it->size());
    BOOST_TEST(figures(letter).missed
               <= static_cast<std::size_t>(sent) - all_of_it->size());
  }
}

// -- with real handles between machines

BOOST_FIXTURE_TEST_CASE(a_handle_in_a_message_to_a_topic_works,
                        actor_machines) {
  std::map<char, topics_actor> of;
  for (auto letter : {'a', 'b', 'c'}) {
    auto& x = add(letter);
    of[letter] = spawn_topics(x.system(), x.router, x.spawn_names());
  }
  connect('a', 'b');
  connect('b', 'c');
  run_for(seconds{3});
  auto on_a = make_list();
  auto on_c = make_list();
  auto home =
    at('a').spawn([on_a](caf::event_based_actor*) { return note_into(on_a); });
  auto far = at('c').spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const caf::actor& x) {
      self->send(x, std::string{"from c"});
    }};
  });
  caf::anon_send(of['c'], subscription("handles", far));
  run_for(seconds{1});
  caf::anon_send(of['a'], to_topic("handles", home));
  run_for(milliseconds{200});
  BOOST_TEST((*on_a == strings{"from c"}));
}

BOOST_AUTO_TEST_SUITE_END()
