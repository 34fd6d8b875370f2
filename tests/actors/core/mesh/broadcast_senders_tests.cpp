#include "actors/core/mesh/broadcast_senders.hpp"

#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

peer_name name_of(char letter) {
  return peer_name::from_number(static_cast<std::uint64_t>(letter));
}

/// The routes of peer A, which change in the course of a test.
struct fixture {
  /// Changes A's routes to those of a mesh with these links. Both ends report
  /// each link.
  void change(const std::vector<std::string>& links) {
    auto all = std::make_shared<roster>();
    mesh_graph g;
    for (slot x = 0; x < 8; ++x) {
      all->names.push_back(name_of(static_cast<char>('A' + x)));
      all->slots.push_back(x);
      all->ranks.push_back(x);
      edge_list says;
      for (slot y = 0; y < 8; ++y)
        for (const auto& link : links)
          if (link.find(static_cast<char>('A' + x)) != std::string::npos
              && link.find(static_cast<char>('A' + y)) != std::string::npos
              && x != y)
            says.append(y, true, true);
      g.connections.push_back(says);
    }
    g.self = 0;
    g.peers = std::move(all);
    auto next = std::make_shared<const routes>(++generation, std::move(g));
    senders.change(current, next, now);
    current = next;
  }
  /// The current and the previous sender of broadcasts of `source`, followed by
  /// `!` if the current one is steady.
  std::string of(char source) {
    const auto x = senders.of(name_of(source), now);
    auto letter = [](std::optional<peer_name> name) {
      return name ? static_cast<char>(name->number()) : '.';
    };
    return std::string{letter(x.now), letter(x.before)}
           + (x.is_steady ? "!" : "");
  }

  broadcast_senders senders;
  routes_ptr current;
  std::uint64_t generation = 0;
  instant now = instant{} + 1h;
};

//     B
//    / \.
//   A   D
//    \ /
//     C
const std::vector<std::string> both{"AB", "BD", "AC", "CD"};
const std::vector<std::string> through_c{"AB", "AC", "CD"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(broadcast_senders_tests, fixture)

BOOST_AUTO_TEST_CASE(the_first_routes_are_no_change) {
  change(both);
  BOOST_TEST(senders.are_settled(now));
  change({"AB", "BD", "AC", "CD", "CE"});
  BOOST_TEST(!senders.are_settled(now));
  BOOST_TEST(of('D') == "B.!");
}

BOOST_AUTO_TEST_CASE(routes_settle_after_a_while) {
  change(both);
  BOOST_TEST(senders.are_settled(now));
  change(through_c);
  now += broadcast_senders::settling - 1ms;
  BOOST_TEST(!senders.are_settled(now));
  now += 1ms;
  BOOST_TEST(senders.are_settled(now));
}

BOOST_AUTO_TEST_CASE(a_sender_stays_steady_while_the_mesh_changes_elsewhere) {
  change(both);
  now += 1h;
  for (int i = 0; i < 100; ++i) {
    auto links = both;
    if (i % 2 == 0)
      links.emplace_back("CE");
    change(links);
    BOOST_TEST(of('D') == "B.!");
    BOOST_TEST(of('B') == "B.!");
    now += 100ms;
  }
}

BOOST_AUTO_TEST_CASE(a_new_sender_is_steady_after_a_while) {
  change(both);
  now += 1h;
  change(through_c);
  BOOST_TEST(of('D') == "CB");
  now += 2s;
  change({"AB", "AC", "CD", "CE"});
  now += 999ms;
  BOOST_TEST(of('D') == "CB");
  now += 1ms;
  BOOST_TEST(of('D') == "CB!");
}

BOOST_AUTO_TEST_CASE(a_sender_that_changes_and_changes_back_is_not_steady) {
  change(both);
  now += 1h;
  change(both);
  BOOST_TEST(of('D') == "B.!");
  now += 1s;
  change(through_c);
  BOOST_TEST(of('D') == "CB");
  now += 1s;
  change(both);
  BOOST_TEST(of('D') == "BC");
}

BOOST_AUTO_TEST_CASE(a_source_that_has_just_come_has_no_steady_sender) {
  change({"AB"});
  now += 1h;
  change(both);
  BOOST_TEST(of('D') == "B.");
  BOOST_TEST(of('A') == "..!");
  BOOST_TEST(of('Z') == "..");
  BOOST_TEST(senders.size() == 2u);
}

// Routes keep changing elsewhere. D can be reached only after the first ten of
// these changes.
BOOST_AUTO_TEST_CASE(a_source_that_came_during_the_changes_becomes_steady) {
  change({"AB"});
  now += 1h;
  for (int i = 0; i < 80; ++i) {
    auto links = i < 10 ? std::vector<std::string>{"AB"} : both;
    if (i % 2 == 0)
      links.emplace_back("CE");
    change(links);
    now += 100ms;
    BOOST_TEST(!senders.are_settled(now));
  }
  BOOST_TEST(of('D') == "B.!");
}

BOOST_AUTO_TEST_CASE(all_is_forgotten_once_routes_have_settled) {
  change(both);
  change(both);
  of('D');
  senders.relax(now);
  BOOST_TEST(senders.size() == 1u);
  now += broadcast_senders::settling;
  senders.relax(now);
  BOOST_TEST(senders.size() == 0u);
  BOOST_TEST(current.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
