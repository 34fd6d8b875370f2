#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/context/contest_parts.hpp"
#include "tests/actors/channel/channel_fixture.hpp"
#include "tests/support/blob.hpp"
#include "tests/support/stranger.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of connections that one side gives up or closes while messages are
// under way.
namespace {

struct fixture : channels {
  void give_up(char letter) {
    const auto all = at(letter).parts("connection");
    BOOST_TEST_REQUIRE(all.size() == 1u);
    caf::anon_send(
      caf::actor_cast<contestant_actor>(all[0]),
      drain_connection{make_error(errc::connection_closed, "given up")});
    run();
  }

  bool has_connection(char letter) {
    return !at(letter).parts("connection").empty();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(draining_tests, fixture)

BOOST_AUTO_TEST_CASE(what_the_remote_sends_meanwhile_arrives) {
  build("ab");
  give_up('a');
  for (int i = 0; i < 20; ++i) {
    send('b', 'a', std::to_string(i));
    run_for(milliseconds{200});
  }
  BOOST_TEST(heard('a').unicasts.size() == 20u);
  BOOST_TEST(has_connection('a'));
  run_for(seconds{2});
  BOOST_TEST(!has_connection('a'));
  BOOST_TEST(!has_connection('b'));
}

BOOST_AUTO_TEST_CASE(what_we_send_meanwhile_arrives) {
  build("ab");
  give_up('a');
  BOOST_TEST(!send('a', 'b', "x")->why);
  settle();
  BOOST_TEST(heard('b').unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_remote_that_sends_on_and_on_does_not_keep_it_open) {
  build("ab");
  give_up('a');
  int sent = 0;
  for (; sent < 200 && has_connection('a'); ++sent) {
    send('b', 'a', std::to_string(sent));
    run_for(milliseconds{200});
  }
  BOOST_TEST(sent > 60);
  BOOST_TEST(sent < 90);
  BOOST_TEST(heard('a').unicasts.size() + 1 >= static_cast<unsigned>(sent));
}

BOOST_AUTO_TEST_CASE(what_was_sent_before_the_remote_saw_the_end_arrives) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  give_up('a');
  run_for(seconds{4});
  send('b', 'a', "late");
  BOOST_TEST(heard('a').unicasts.size() == 1u);
  net().unblock(at('a').host(), at('b').host());
  run_for(seconds{1});
  BOOST_TEST(!has_connection('a'));
}

BOOST_AUTO_TEST_CASE(a_remote_that_never_ends_its_half_is_not_waited_for) {
  build("ab");
  net().unplug(at('a').host(), at('b').host());
  give_up('a');
  run_for(seconds{10});
  BOOST_TEST(!has_connection('a'));
  net().plug(at('a').host(), at('b').host());
}

BOOST_AUTO_TEST_CASE(
  what_waits_for_a_remote_that_has_ended_its_half_is_written) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  net().set_capacity(1000);
  at('a').unicast("chan", s.name(), std::string(100'000, 'x'));
  run();
  s.end_writing();
  run();
  s.talk();
  BOOST_TEST(s.count("chan") == 1u);
  BOOST_TEST(!has_connection('a'));
}

BOOST_AUTO_TEST_CASE(a_remote_that_reads_nothing_after_its_half_is_cut_off) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  net().set_capacity(1000);
  at('a').unicast("chan", s.name(), std::string(100'000, 'x'));
  s.end_writing();
  run_for(seconds{6});
  BOOST_TEST(!has_connection('a'));
}

BOOST_AUTO_TEST_SUITE_END()
