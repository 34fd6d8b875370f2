#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/actors/channel/channel_fixture.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A peer broadcasts the same bytes again and again while routes change. In the
// drawings, letters are nodes, and `s` is a peer that the test scripts.
namespace {

struct repetitions : channels {
  std::size_t same(char to) {
    return heard(to).broadcasts_of("same ");
  }
  /// Changes the scripted peer's record, so that all nodes compute new routes.
  void change_elsewhere(stranger& s, const node& neighbour) {
    const auto phantom = peer_name::from_number(1000 + version % 2);
    s.send_topology(
      {{{s.name(), "s", peer_uid{4711}, ++version, std::nullopt},
        {{neighbour.name(), "", true, true}, {phantom, "", true, true}}}});
  }
  /// Makes `s` broadcast in the name of the node `source`.
  void say_as(char source, stranger& s) {
    outgoing x;
    x.tag = wire::message_tag::broadcast;
    x.source = at(source).name();
    x.data = text_payload("same ");
    s.queue(x, "chan");
    s.talk();
  }
  std::uint64_t version = 10;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(repeated_broadcasts_tests, repetitions)

//   a --- b --- c --- s
BOOST_AUTO_TEST_CASE(all_repetitions_come_while_routes_change_elsewhere) {
  build("ab bc");
  stranger s{*this, at('c')};
  s.introduce();
  run_for(seconds{10});
  for (int i = 0; i < 500; ++i) {
    if (i % 50 == 0)
      change_elsewhere(s, at('c'));
    at('a').broadcast("chan", "same");
    run_for(milliseconds{4});
  }
  run_for(seconds{1});
  BOOST_TEST(same('b') == 500u);
  BOOST_TEST(same('c') == 500u);
}

//   a --- b
//   |     |
//   c --- d
BOOST_AUTO_TEST_CASE(repetitions_come_on_a_new_way_while_old_ones_are_known) {
  build("ab bd ac cd");
  run_for(seconds{10});
  for (int i = 0; i < 5; ++i)
    at('a').broadcast("chan", "same");
  BOOST_TEST(same('d') == 5u);
  net().cut(at('b').host(), at('d').host());
  run_for(milliseconds{200});
  for (int i = 0; i < 10; ++i)
    at('a').broadcast("chan", "same");
  BOOST_TEST(same('d') == 15u);
  BOOST_TEST(same('c') == 15u);
}

//   a --- b --- s
BOOST_AUTO_TEST_CASE(repetitions_from_the_wrong_side_end_while_routes_change) {
  build("ab");
  stranger s{*this, at('b')};
  s.introduce();
  change_elsewhere(s, at('b'));
  for (int i = 0; i < 100; ++i)
    say_as('a', s);
  BOOST_TEST(same('b') == 17u);
  BOOST_TEST(at('b').figures("chan").looped == 83u);
}

// According to the routes of `b`, broadcasts of `a` come directly from `a`. So
// a copy that comes from `s` is one that `b` has passed on to `s`.
//   a --- b --- s
BOOST_AUTO_TEST_CASE(what_comes_back_is_dropped_while_routes_change) {
  build("ab");
  stranger s{*this, at('b')};
  s.introduce();
  for (int i = 0; i < 50; ++i) {
    change_elsewhere(s, at('b'));
    at('a').broadcast("chan", "same");
    say_as('a', s);
    run_for(milliseconds{20});
  }
  BOOST_TEST(same('b') == 50u);
  BOOST_TEST(at('b').figures("chan").looped == 50u);
}

BOOST_AUTO_TEST_SUITE_END()
