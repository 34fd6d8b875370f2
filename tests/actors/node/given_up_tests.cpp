#include <algorithm>
#include <optional>

#include <boost/test/unit_test.hpp>

#include "tests/support/closing_reports.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node whose neighbour gives their connection up.
namespace {

struct fixture : mesh {
  fixture() {
    add('a');
    told.emplace(*this, at('a'));
  }

  static stranger::options named(char letter) {
    stranger::options result;
    result.letter = letter;
    result.uid = peer_uid{static_cast<unsigned char>(letter)};
    return result;
  }

  static peer_record record_of(char letter, const std::string& neighbours,
                               std::uint64_t version) {
    auto name = [](char x) {
      return peer_name::from_number(static_cast<unsigned char>(x));
    };
    peer_record result;
    result.peer.name = name(letter);
    result.peer.uid = named(letter).uid;
    result.peer.version = version;
    for (auto x : neighbours)
      result.connections.push_back(
        {name(x), "10.0.0.1:6783", letter == 's', true});
    return result;
  }

  bool a_lists(const stranger& x) {
    const auto all = at('a').record_of(at('a')).connections;
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& y) { return y.remote == x.name(); });
  }

  std::optional<closing_reports> told;
};

/// The strangers `s` and `t` are connected to `a` and to each other. Then `s`
/// gives its connection to `a` up.
struct given_up : fixture {
  given_up() : s(*this, at('a'), named('s')), t(*this, at('a'), named('t')) {
    s.introduce();
    t.introduce();
    s.send_topology({record_of('s', "at", 1)});
    t.send_topology({record_of('t', "as", 1)});
    run_for(seconds{2});
    BOOST_TEST(a_lists(s));
    s.send_topology({record_of('s', "t", 2)});
    run();
  }

  stranger s;
  stranger t;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(given_up_tests, given_up)

BOOST_AUTO_TEST_CASE(what_the_neighbour_gives_up_ends_after_a_while) {
  BOOST_TEST(!a_lists(s));
  s.forget_messages();
  at('a').unicast("chan", s.name(), "x");
  s.talk();
  BOOST_TEST(s.count("chan") == 1u);
  run_for(seconds{4});
  s.forget_messages();
  t.forget_messages();
  at('a').unicast("chan", s.name(), "y");
  s.talk();
  t.talk();
  BOOST_TEST(s.count("chan") == 0u);
  BOOST_TEST(t.count("chan") == 1u);
  BOOST_TEST(!s.is_closed());
  run_for(seconds{5});
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(told->reports == 0u);
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_ends_meanwhile_is_not_reported) {
  run_for(seconds{4});
  s.hang_up();
  run_for(seconds{1});
  BOOST_TEST(told->reports == 0u);
}

// Its record has us again, as that of a peer that has not heard that we give
// the connection up.
BOOST_AUTO_TEST_CASE(a_neighbour_that_lists_us_and_ends_meanwhile_is_reported) {
  run_for(seconds{4});
  t.send_topology({record_of('s', "at", 3)});
  s.hang_up();
  run_for(seconds{1});
  BOOST_TEST(told->reports == 1u);
}

// The old connection still drains.
BOOST_AUTO_TEST_CASE(what_comes_over_the_old_connection_ends_no_new_one) {
  run_for(seconds{4});
  BOOST_TEST(at('a').degree() == 1u);
  stranger again{*this, at('a'), named('s')};
  again.introduce();
  again.send_topology({record_of('s', "at", 3)});
  BOOST_TEST(a_lists(s));
  s.send_topology({record_of('s', "at", 4)});
  s.send_topology({record_of('s', "t", 5)});
  BOOST_TEST(a_lists(s));
  run_for(seconds{8}); // the old one has ended
  again.send_topology({record_of('s', "at", 6)});
  again.send_topology({record_of('s', "t", 7)});
  BOOST_TEST(!a_lists(s));
}

BOOST_AUTO_TEST_SUITE_END()
