#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

#include "tests/support/mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Nodes with discovery that limit the number of their connections.
namespace {

struct many : mesh {
  /// Adds nodes, with these numbers as letters. Each knows only the first node.
  void add_nodes(int first, int last,
                 std::optional<std::size_t> target = std::nullopt) {
    for (auto i = first; i <= last; ++i) {
      auto setup = settings_for(static_cast<char>(i));
      setup.discovery = true;
      setup.target_degree = target;
      if (!nodes().empty())
        setup.peers = {nodes().front()->address()};
      add(static_cast<char>(i), setup);
    }
  }

  std::size_t dials() {
    std::size_t result = 0;
    for (const auto& x : nodes())
      result += net().dials_to(x->address());
    return result;
  }

  /// The lowest and the highest number of connections of a node. Neither the
  /// first node nor the connections to it are counted.
  std::pair<std::size_t, std::size_t> degrees() {
    std::set<std::size_t> all;
    for (std::size_t i = 1; i < nodes().size(); ++i)
      all.insert(nodes()[i]->degree() - 1);
    BOOST_TEST_MESSAGE(*all.begin()
                       << " to " << *all.rbegin() << " connections");
    return {*all.begin(), *all.rbegin()};
  }

  /// How many of the broadcasts `0` to `count` - 1 each node other than their
  /// senders has not heard, and how many it has heard twice.
  std::pair<std::size_t, std::size_t> missed_and_doubled(std::size_t count) {
    std::pair<std::size_t, std::size_t> result;
    for (std::size_t k = 0; k < nodes().size(); ++k)
      for (std::size_t i = 0; i < count; ++i)
        if (i % nodes().size() != k) {
          const auto& x = nodes()[k]->recorded("chan");
          const auto n = x.broadcasts_of(std::to_string(i) + " ");
          result.first += n == 0 ? 1 : 0;
          result.second += n > 1 ? 1 : 0;
        }
    BOOST_TEST_MESSAGE(result.first << " missed, " << result.second
                                    << " doubled");
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(degree_tests, many)

BOOST_AUTO_TEST_CASE(discovery_stops_at_the_target_and_repairs_what_is_lost) {
  add_nodes(1, 60, 6);
  run_for(seconds{60});
  auto x = degrees();
  BOOST_TEST(x.first >= 3u);
  BOOST_TEST(x.second <= 12u);
  BOOST_TEST(all_agree());
  const auto before = dials();
  run_for(minutes{2});
  BOOST_TEST(dials() == before);

  for (int i = 0; i < 12; ++i) {
    nodes().back()->stop();
    nodes().pop_back();
  }
  run_for(seconds{30});
  x = degrees();
  BOOST_TEST(x.first >= 3u);
  BOOST_TEST(x.second <= 12u);
  BOOST_TEST(all_agree());
}

BOOST_AUTO_TEST_CASE(a_large_mesh_has_a_limit_by_default) {
  add_nodes(1, 70);
  run_for(minutes{2});
  const auto x = degrees();
  BOOST_TEST(x.first >= 8u);
  BOOST_TEST(x.second <= 32u);
  BOOST_TEST(all_agree());
  const auto before = dials();
  run_for(minutes{5});
  BOOST_TEST(dials() == before);
}

BOOST_AUTO_TEST_CASE(without_a_limit_each_node_connects_to_all) {
  add_nodes(1, 12);
  add_nodes(13, 24, 0);
  run_for(seconds{60});
  for (const auto& x : nodes())
    BOOST_TEST(x->degree() == 23u);
}

// At first, each node is connected to all others, because its user has named
// them. After `forget`, the nodes give up connections down to the target.
BOOST_AUTO_TEST_CASE(nothing_is_lost_while_connections_are_given_up) {
  constexpr std::size_t count = 24;
  add_nodes(1, count, 4);
  std::vector<std::string> all;
  for (const auto& x : nodes())
    all.push_back(x->address());
  for (const auto& x : nodes())
    x->connect_to(all);
  run_for(seconds{30});
  BOOST_TEST(degrees().first == count - 2);
  for (const auto& x : nodes())
    x->forget(all);
  constexpr std::size_t rounds = 400;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto word = std::to_string(i);
    for (std::size_t k = 0; k < count; ++k)
      refused +=
        nodes()[k]->unicast("chan", *nodes()[(k + 7) % count], "same")->why ? 1
                                                                            : 0;
    nodes()[i % count]->broadcast("chan", word);
    run_for(milliseconds{100});
  }
  run_for(seconds{30});
  BOOST_TEST(degrees().second <= 12u);
  BOOST_TEST(refused == 0u);
  for (const auto& x : nodes()) {
    BOOST_TEST(x->recorded("chan").unicasts.size() == rounds);
    BOOST_TEST(!x->log().has("out of reach"));
  }
  BOOST_TEST(std::any_of(nodes().begin(), nodes().end(), [](const auto& x) {
    return x->log().has("given up by the remote");
  }));
  const auto [missed, doubled] = missed_and_doubled(rounds);
  BOOST_TEST(missed == 0u);
  // Until all have heard, both ends still pass on what others pass on, too.
  BOOST_TEST(doubled * 10 < rounds * (count - 1));
}

BOOST_AUTO_TEST_CASE(what_the_user_has_named_is_kept) {
  add_nodes(1, 24, 4);
  auto& x = *nodes().back();
  std::vector<std::string> named;
  for (std::size_t i = 1; i <= 18; ++i)
    named.push_back(nodes()[i]->address());
  x.connect_to(named);
  run_for(minutes{2});
  BOOST_TEST(x.degree() >= 19u);
  x.forget(named);
  run_for(minutes{2});
  BOOST_TEST(x.degree() <= 9u);
  BOOST_TEST(all_agree());
}

BOOST_AUTO_TEST_SUITE_END()
