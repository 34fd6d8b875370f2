#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/degree_control.hpp"
#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of degree control where a member makes up peers, or many have one
// address.
namespace {

constexpr unsigned liar = 139;
constexpr unsigned first_made_up = 200;

struct fixture : known_peers {
  std::vector<unsigned> dialled() {
    std::vector<tie> ties(known.slot_count());
    for (const auto& x : named)
      ties[at(x)] = tie::named;
    const auto all = control.decide(known.graph(), ties, now, addresses).dial;
    std::vector<unsigned> result;
    for (auto who : all) {
      control.is_dialled(known.summary(who).name, now);
      result.push_back(static_cast<unsigned>(known.summary(who).name.number()));
    }
    return result;
  }

  void resolve() {
    known.resolve(created);
    created.clear();
  }

  std::vector<unsigned> named{1, 2};
  degree_control control{name_of(us), {16, 7}};
  instant now = instant{} + 24h;
  degree_control::addresses_of addresses;
};

std::size_t made_up_in(const std::vector<unsigned>& xs) {
  return static_cast<std::size_t>(std::count_if(
    xs.begin(), xs.end(), [](unsigned x) { return x >= first_made_up; }));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(degree_crowds_tests, fixture)

// We are connected to 1 and 2 of a full mesh, which also has 100 to 139.
BOOST_AUTO_TEST_CASE(peers_that_a_member_makes_up_take_few_dials) {
  std::vector<unsigned> all{1, 2};
  for (auto x = 100u; x <= liar; ++x)
    all.push_back(x);
  for (auto x : all) {
    auto others = all;
    others.erase(std::find(others.begin(), others.end(), x));
    if (x <= 2)
      others.insert(others.begin() + 1, us);
    for (auto y = first_made_up; x == liar && y < first_made_up + 1000; ++y)
      others.push_back(y);
    put(x, others);
  }
  for (auto y = first_made_up; y < first_made_up + 1000; ++y)
    put(y, {liar});
  put(us, named);
  resolve();
  for (int i = 0; i < 4; ++i, now += 1min) {
    const auto next = dialled();
    BOOST_TEST(next.size() >= 8u);
    BOOST_TEST(made_up_in(next) <= 2u);
  }
}

// Each search for addresses looks at all records. Those that have not answered
// yet make it look at more peers than usual.
BOOST_AUTO_TEST_CASE(one_decision_searches_for_addresses_once) {
  named = {1};
  std::vector<unsigned> all{us};
  for (auto y = first_made_up; y < first_made_up + 100; ++y) {
    all.push_back(y);
    put(y, {1});
  }
  put(1, all);
  put(us, {1});
  resolve();
  int searches = 0;
  addresses = [&](const std::vector<slot>& of) {
    for (auto who : of)
      if (who != at(1)) {
        ++searches;
        break;
      }
    return std::vector<ip_address>(of.size(), *ip_address::parse("10.0.0.9"));
  };
  dialled();
  BOOST_TEST(searches == 1);
  now += degree_control::late_time;
  dialled();
  BOOST_TEST(searches == 2);
  dialled();
  BOOST_TEST(searches == 2);
}

//  5 - 1, 1 - 200, 1 - 201 and so on
BOOST_AUTO_TEST_CASE(where_all_lie_behind_one_peer_they_are_dialled) {
  named = {1};
  std::vector<unsigned> all{us};
  for (auto y = first_made_up; y < first_made_up + 40; ++y) {
    all.push_back(y);
    put(y, {1});
  }
  put(1, all);
  put(us, {1});
  resolve();
  BOOST_TEST(dialled().size() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()
