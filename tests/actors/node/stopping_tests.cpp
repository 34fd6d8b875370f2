#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of nodes that stop. A stopping node must first send the messages that
// it has accepted, and other nodes must notice that it has stopped.
namespace {

constexpr std::size_t kib = 1024;

struct stopping : mesh {
  reply_ptr<void> begin_stop(char letter) {
    auto result = ask_later<void>(system(), at(letter).router(), stop_mesh{});
    run();
    return result;
  }
  void say_and_stop(char letter, int unicasts, int broadcasts, char to) {
    auto& one = at(letter);
    auto channel = one.channel("chan");
    for (int i = 0; i < unicasts; ++i)
      caf::anon_send(channel, unicast{at(to).name(), text(i)});
    for (int i = 0; i < broadcasts; ++i)
      caf::anon_send(channel,
                     broadcast{word_set::of({"word" + std::to_string(i)})});
    one.stop();
  }
  static payload text(int i) {
    return text_payload(std::string(4 * kib, 'x') + std::to_string(i));
  }
  duration time_of_stop(char letter) {
    auto before = now();
    at(letter).stop();
    return now() - before;
  }
  settings with_drain_limit(char letter, milliseconds limit) {
    auto result = settings_for(letter);
    result.drain_limit = limit;
    return result;
  }
  /// The words in all broadcasts that a node has received. Broadcasts that wait
  /// are merged, so one may have several words.
  texts words_at(char letter) {
    texts result;
    for (const auto& x : at(letter).recorded("chan").broadcasts)
      result.merge(word_set::decode(byte_view{x.second}));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stopping_tests, stopping)

BOOST_AUTO_TEST_CASE(accepted_messages_arrive_despite_an_immediate_stop) {
  net().set_capacity(10 * kib);
  build("ab");
  auto& seen = at('b').recorded("chan");
  say_and_stop('a', 100, 10, 'b');
  settle();
  BOOST_TEST_REQUIRE(seen.unicasts.size() == 100u);
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(seen.unicasts[static_cast<std::size_t>(i)].second
               == text(i).view().as_text());
  BOOST_TEST(words_at('b').size() == 10u);
}

BOOST_AUTO_TEST_CASE(messages_pass_several_hops_after_their_source_has_ended) {
  net().set_capacity(10 * kib);
  build("ab bc cd");
  say_and_stop('a', 50, 5, 'd');
  settle();
  BOOST_TEST(at('d').recorded("chan").unicasts.size() == 50u);
  BOOST_TEST(words_at('d').size() == 5u);
  BOOST_TEST(words_at('c').size() == 5u);
}

BOOST_AUTO_TEST_CASE(unicasts_of_a_stopping_node_to_itself_arrive) {
  add('a');
  auto& seen = at('a').recorded("chan");
  say_and_stop('a', 3, 0, 'a');
  BOOST_TEST(seen.unicasts.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_stopping_relay_waits_for_a_blocked_next_hop) {
  build("ab bc");
  net().block(at('b').host(), at('c').host());
  for (int i = 0; i < 5; ++i)
    at('a').unicast("chan", at('c'), std::string(200 * kib, 'x'));
  auto stopped = begin_stop('b');
  run_for(milliseconds{500});
  BOOST_TEST(stopped->is_open);
  net().unblock(at('b').host(), at('c').host());
  run();
  BOOST_TEST(!stopped->is_open);
  BOOST_TEST(at('c').recorded("chan").unicasts.size() == 5u);
}

BOOST_AUTO_TEST_CASE(two_nodes_that_stop_together_get_each_others_messages) {
  net().set_capacity(4 * kib);
  build("ab");
  for (int i = 0; i < 20; ++i) {
    caf::anon_send(at('a').channel("chan"), unicast{at('b').name(), text(i)});
    caf::anon_send(at('b').channel("chan"), unicast{at('a').name(), text(i)});
  }
  auto a = begin_stop('a');
  auto b = begin_stop('b');
  BOOST_TEST(!a->is_open);
  BOOST_TEST(!b->is_open);
  BOOST_TEST(at('a').recorded("chan").unicasts.size() == 20u);
  BOOST_TEST(at('b').recorded("chan").unicasts.size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_stop_takes_no_time_if_nothing_waits) {
  build("ab bc");
  BOOST_TEST((time_of_stop('b') == duration::zero()));
}

BOOST_AUTO_TEST_CASE(a_stop_that_goes_well_is_no_reason_for_a_warning) {
  build("ab bc");
  at('b').find("relayed");
  say_and_stop('b', 10, 10, 'c');
  at('a').stop();
  settle();
  for (const auto& x : nodes())
    BOOST_TEST(x->log().complaints() == 0u, x->log().all());
}

BOOST_AUTO_TEST_CASE(a_deaf_neighbour_delays_a_stop_by_the_limit) {
  add('a', with_drain_limit('a', milliseconds{700}));
  add('b');
  at('a').connect_to(at('b'));
  settle();
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 40; ++i)
    at('a').unicast("chan", at('b'), std::string(64 * kib, 'x'));
  BOOST_TEST((time_of_stop('a') == milliseconds{700}));
}

BOOST_AUTO_TEST_CASE(an_unclosed_connection_delays_a_stop_by_the_limit) {
  add('a', with_drain_limit('a', milliseconds{700}));
  stranger s{*this, at('a')};
  s.introduce();
  BOOST_TEST((time_of_stop('a') == milliseconds{700}));
}

BOOST_AUTO_TEST_CASE(with_a_drain_limit_of_0_a_stop_is_immediate) {
  add('a', with_drain_limit('a', milliseconds{0}));
  stranger s{*this, at('a')};
  s.introduce();
  BOOST_TEST((time_of_stop('a') == duration::zero()));
}

BOOST_AUTO_TEST_CASE(a_draining_node_accepts_no_connection) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  auto stopped = begin_stop('a');
  BOOST_TEST(stopped->is_open);
  BOOST_TEST(!net().open("10.0.0.120", at('a').host(), 6783));
}

BOOST_AUTO_TEST_CASE(a_stopping_node_announces_nothing) {
  build("ab bc");
  stranger s{*this, at('b')};
  s.introduce();
  s.talk();
  run_for(seconds{20});
  s.talk();
  auto heard = s.messages().size();
  auto stopped = begin_stop('b');
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(s.messages().size() == heard);
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(at('c').topology() == "c");
}

BOOST_AUTO_TEST_SUITE_END()
