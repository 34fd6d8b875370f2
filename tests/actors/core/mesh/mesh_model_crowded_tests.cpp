#include "actors/core/mesh/mesh_model.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"
#include "tests/actors/core/mesh/mesh_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node that hears of more peers than its limit allows. It must drop
// those that a lying peer has made up.
namespace {

constexpr unsigned limit = 40;
constexpr unsigned fakes = 100;
constexpr unsigned liar = 50;
constexpr unsigned first_fake = 200;

record_limits::totals limits() {
  return {limit, 20 * limit, 4 * limit};
}

std::vector<unsigned> numbers_from(unsigned first, unsigned count) {
  std::vector<unsigned> result;
  for (unsigned i = 0; i < count; ++i)
    result.push_back(first + i);
  return result;
}

/// A record of the lying peer, and the records of the peers that it makes up.
struct lie {
  const char* name;
  std::vector<peer_record> records;
};

/// Made-up peers in a star around the lying peer. Only the lying peer reports
/// the connections.
lie one_sided_star(unsigned neighbour) {
  auto all = numbers_from(first_fake, fakes);
  all.push_back(neighbour);
  lie result{"one-sided star", {says(liar, all)}};
  for (unsigned i = 0; i < fakes; ++i)
    result.records.push_back(says(first_fake + i, {}));
  return result;
}

/// A tree of made-up peers, each with up to `children` children.
lie tree(const char* name, unsigned neighbour, unsigned children) {
  std::vector<std::vector<unsigned>> links(fakes);
  std::vector<unsigned> of_liar{neighbour};
  for (unsigned i = 0; i < fakes; ++i) {
    if (i < children) {
      of_liar.push_back(first_fake + i);
      links[i].push_back(liar);
      continue;
    }
    auto parent = (i - children) / children;
    links[i].push_back(first_fake + parent);
    links[parent].push_back(first_fake + i);
  }
  lie result{name, {says(liar, of_liar)}};
  for (unsigned i = 0; i < fakes; ++i)
    result.records.push_back(says(first_fake + i, links[i]));
  return result;
}

std::vector<lie> lies(unsigned neighbour) {
  return {one_sided_star(neighbour), tree("star", neighbour, fakes),
          tree("deep tree", neighbour, 2), tree("chain", neighbour, 1)};
}

/// The model of our peer, which is connected to peer 1. Peer 1 is also
/// connected to 2 and to the lying peer.
struct fixture : view {
  fixture() : view(options()) {
    connect(1);
    hear({says(1, {us, 2, liar}), says(2, {1})});
    skip_announcements();
  }

  static mesh_model_options options() {
    mesh_model_options result;
    result.limits = limits();
    return result;
  }

  std::size_t size() const {
    return state.records().size();
  }

  bool knows(unsigned peer) const {
    return state.find(name_of(peer)).has_value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_crowded_tests, fixture)

BOOST_AUTO_TEST_CASE(a_member_that_makes_up_peers_loses_only_those) {
  for (auto& x : lies(1)) {
    fixture mesh;
    mesh.hear(x.records);
    BOOST_TEST_CONTEXT(x.name) {
      BOOST_TEST(mesh.size() == limit);
      BOOST_TEST(mesh.effects.refused_records == fakes + 4 - limit);
      // Honest peers join: 30 and 31 behind neighbour 1, like the lying peer,
      // and 32 behind another neighbour.
      mesh.hear({says(1, {us, 2, liar, 30}, 2), says(30, {1})});
      BOOST_TEST(mesh.knows(30));
      mesh.hear({says(2, {1, 31}, 2), says(31, {2})});
      BOOST_TEST(mesh.knows(31));
      mesh.connect(3);
      mesh.hear({says(3, {us, 32}), says(32, {3})});
      BOOST_TEST(mesh.knows(32));
      BOOST_TEST(mesh.size() == limit);
      for (auto peer : {1u, 2u, 3u, 30u, 31u, 32u, liar})
        BOOST_TEST(mesh.knows(peer));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_liar_may_be_our_neighbour) {
  connect(liar);
  for (auto& x : lies(us)) {
    hear(x.records);
    hear({says(1, {us, 2, liar, 30}, 2), says(30, {1})});
    BOOST_TEST(knows(30), x.name);
    BOOST_TEST(size() <= limit, x.name);
  }
}

BOOST_AUTO_TEST_CASE(dropped_peers_that_come_again_change_nothing) {
  for (auto& x : lies(1)) {
    fixture mesh;
    mesh.hear(x.records);
    auto before = mesh.state.records();
    auto routes = mesh.state.current_routes();
    auto complete = mesh.state.complete();
    for (int i = 0; i < 10; ++i) {
      auto result = mesh.hear(x.records);
      BOOST_TEST_CONTEXT(x.name) {
        BOOST_TEST(subjects(result.news) == "none");
        BOOST_TEST(same(mesh.state.records(), before));
        BOOST_TEST(!mesh.effects.routes_changed);
        BOOST_TEST((mesh.state.current_routes() == routes));
        BOOST_TEST((mesh.state.complete() == complete));
        BOOST_TEST(mesh.effects.joined.empty());
        BOOST_TEST(mesh.effects.left.empty());
        BOOST_TEST(mesh.announced() == "none");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(peers_that_give_way_leave_and_the_others_join) {
  hear(tree("star", 1, fakes).records);
  hear({says(2, {1, 31}, 2), says(31, {2})});
  BOOST_TEST(names_of(effects.joined) == "31");
  BOOST_TEST(effects.left.size() == 1u);
  BOOST_TEST(effects.left.front().name.number() >= first_fake);
  BOOST_TEST(effects.routes_changed);
  auto routes = state.current_routes();
  BOOST_TEST(routes->names().size() == limit);
  BOOST_TEST(!routes->next_hop(effects.left.front().name));
  BOOST_TEST((routes->next_hop(name_of(31)) == name_of(1)));
}

BOOST_AUTO_TEST_CASE(an_honest_mesh_of_the_limit_loses_nobody) {
  // The number of peers is exactly the limit: ourselves, 1, 2, `liar` (which is
  // honest here), and the others, all of which are behind 2.
  std::vector<unsigned> others = numbers_from(first_fake, limit - 4);
  auto all = others;
  all.push_back(1);
  std::vector<peer_record> records{says(2, all, 2), says(liar, {1})};
  for (auto x : others)
    records.push_back(says(x, {2}));
  for (int i = 0; i < 3; ++i) {
    hear(records);
    BOOST_TEST(effects.refused_records == 0u);
    BOOST_TEST(effects.left.empty());
    BOOST_TEST(size() == limit);
  }
}

BOOST_AUTO_TEST_CASE(a_claim_on_honest_peers_does_not_endanger_them) {
  hear({says(2, {1, 900, 901}, 2), says(900, {2}), says(901, {2})});
  auto x = one_sided_star(1);
  for (auto honest : {900u, 901u})
    x.records[0].connections.push_back({name_of(honest), "", true, true});
  hear(x.records);
  BOOST_TEST(knows(900));
  BOOST_TEST(knows(901));
  BOOST_TEST(size() == limit);
}

BOOST_AUTO_TEST_CASE(when_the_liar_leaves_all_that_it_made_up_goes) {
  for (auto& x : lies(1)) {
    fixture mesh;
    mesh.hear(x.records);
    mesh.hear({says(1, {us, 2}, 2)});
    mesh.wait(1s);
    BOOST_TEST(mesh.known() == "1 2 5", x.name);
    std::vector<peer_record> honest;
    auto all = numbers_from(1000, limit - 3);
    for (auto peer : all)
      honest.push_back(says(peer, {2}));
    all.push_back(1);
    honest.push_back(says(2, all, 2));
    mesh.hear(honest);
    BOOST_TEST(mesh.size() == limit, x.name);
    BOOST_TEST(mesh.effects.refused_records == 0u);
  }
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_limit_cost_those_who_report_them) {
  // Each of 30 peers reports connections to the other 29 and to the liar, 900
  // in all. The limit is 800 connections.
  auto all = numbers_from(first_fake, 30);
  std::vector<peer_record> records{says(liar, all)};
  records[0].connections.push_back({name_of(1), "", true, true});
  all.push_back(liar);
  for (unsigned i = 0; i < 30; ++i)
    records.push_back(says(first_fake + i, all));
  hear(records);
  BOOST_TEST(effects.refused_records > 0u);
  hear({says(2, {1, 31}, 2), says(31, {2})});
  BOOST_TEST(knows(31));
  BOOST_TEST(record(2).connections.size() == 2u);
  BOOST_TEST(record(31).connections.size() == 1u);
  std::size_t edges = 0;
  for (auto& x : state.records())
    edges += x.connections.size();
  BOOST_TEST(edges <= limits().edges);
  BOOST_TEST(subjects(hear(records).news) == "none");
}

BOOST_AUTO_TEST_CASE(mere_names_beyond_the_limit_cost_those_who_name_them) {
  std::vector<peer_record> records{says(liar, {1, 200, 201, 202})};
  for (auto peer : {200u, 201u, 202u}) {
    auto names = numbers_from(peer * 10, 2 * limit - 1);
    names.push_back(liar);
    records.push_back(says(peer, names));
  }
  hear(records);
  BOOST_TEST(effects.refused_records == 1u);
  hear({says(2, {1, 31, 77}, 2), says(31, {2, 78})});
  BOOST_TEST(knows(31));
  BOOST_TEST(record(2).connections.size() == 3u);
  BOOST_TEST(record(31).connections.size() == 2u);
  BOOST_TEST(subjects(hear(records).news) == "none");
}

// To choose the peers to drop, the model searches the whole graph, which takes
// time. So a thousand small updates must cause far fewer searches.
BOOST_AUTO_TEST_CASE(many_small_updates_cause_few_searches) {
  constexpr unsigned many = 4096;
  mesh_model_options options;
  options.limits.peers = many;
  view mesh{options};
  mesh.connect(1);
  auto everything = numbers_from(first_fake, many);
  std::vector<peer_record> records{says(1, {us, 2, liar}), says(2, {1}),
                                   says(liar, {1})};
  for (auto x : everything) {
    records.push_back(says(x, {liar}));
    records.back().peer.alias.reset();
    records[2].connections.push_back({name_of(x), "", true, true});
  }
  mesh.hear(records);
  BOOST_TEST(mesh.state.records().size() == many);
  unsigned searches = 0;
  constexpr unsigned updates = 1000;
  for (unsigned i = 0; i < updates; ++i) {
    auto newcomer = says(10'000 + i, {});
    newcomer.peer.alias.reset();
    mesh.hear({newcomer});
    searches += mesh.state.find(newcomer.peer.name) ? 1 : 0;
  }
  BOOST_TEST(searches >= 32u);
  BOOST_TEST(searches <= 64 + updates / 8);
  // The complete state, as a neighbour sends it periodically, must be large
  // enough to cause a search.
  records = read(mesh.state.complete());
  for (auto& x : records)
    if (x.peer.name == name_of(1))
      x = says(1, {us, 2, liar, 30}, x.peer.version + 1);
  records.push_back(says(30, {1}));
  mesh.hear(records);
  BOOST_TEST(mesh.state.find(name_of(30)).has_value());
}

// -- whole meshes

/// Peers 1 to 6 in a line; 7, 8 and 9 join later. The lying peer is a neighbour
/// of 3.
struct line {
  explicit line(const lie& what)
      : mesh(7, 9, {}, limits()), about(what.records) {
    for (unsigned i = 1; i < 6; ++i)
      mesh.connect(i, i + 1);
    mesh.run_for(15s);
    mesh.connect_liar(liar, 3);
    repeat(15);
  }

  void repeat(unsigned seconds) {
    for (unsigned i = 0; i < seconds; ++i) {
      mesh.say(liar, 3, about);
      mesh.run_for(1s);
    }
  }

  void join() {
    mesh.connect(7, 6);
    mesh.connect(8, 3);
    repeat(2);
    mesh.connect(9, 8);
    repeat(30);
  }

  std::string missing() {
    std::string result;
    for (unsigned i = 1; i <= mesh.size(); ++i)
      for (unsigned k = 1; k <= mesh.size(); ++k)
        if (!mesh.model(i).find(name_of(k)))
          result += std::to_string(i) + " lacks " + std::to_string(k) + "; ";
    return result;
  }

  mesh_simulation mesh;
  std::vector<peer_record> about;
};

BOOST_AUTO_TEST_CASE(newcomers_get_into_every_view_of_a_crowded_mesh) {
  for (auto& x : lies(3)) {
    line all{x};
    all.join();
    BOOST_TEST(all.missing() == "", x.name);
    for (unsigned i = 1; i <= all.mesh.size(); ++i)
      BOOST_TEST(all.mesh.model(i).records().size() <= limit);
  }
}

BOOST_AUTO_TEST_CASE(a_crowded_mesh_comes_to_rest) {
  for (auto& x : lies(3)) {
    line all{x};
    all.join();
    auto before = all.mesh.sent;
    all.repeat(60);
    BOOST_TEST(all.mesh.sent == before, x.name);
  }
}

BOOST_AUTO_TEST_CASE(a_mesh_forgets_a_liar_that_leaves) {
  for (auto& x : lies(3)) {
    line all{x};
    all.join();
    all.mesh.disconnect_liar(liar, 3);
    all.mesh.run_for(60s);
    BOOST_TEST(all.mesh.disagreement() == "", x.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
