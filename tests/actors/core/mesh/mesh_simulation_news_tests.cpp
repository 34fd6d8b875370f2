#include "tests/actors/core/mesh/mesh_simulation.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests that all models of a mesh come to agree while they gather news.
namespace {

std::set<unsigned> all_of(unsigned first, unsigned last) {
  std::set<unsigned> result;
  for (unsigned i = first; i <= last; ++i)
    result.insert(i);
  return result;
}

/// Connects each peer to five earlier ones at about the same time. All peers
/// use digests, except the first `without`.
void make_dense(mesh_simulation& mesh, unsigned without = 0) {
  mesh.stop_periodic_gossip();
  mesh.use_digests(all_of(without + 1, mesh.size()));
  for (unsigned i = 2; i <= mesh.size(); ++i) {
    for (unsigned k = 0; k < 5; ++k)
      mesh.connect(i, 1 + static_cast<unsigned>(mesh.below(i - 1)));
    mesh.run_for(10ms);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(mesh_simulation_news_tests)

BOOST_AUTO_TEST_CASE(a_dense_mesh_agrees_without_periodic_gossip) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 40};
    make_dense(mesh, seed % 4 == 0 ? 15 : 0);
    mesh.run_for(12s);
    auto wrong = mesh.disagreement();
    BOOST_TEST_REQUIRE(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST((seed % 4 == 0 || mesh.gathered > 0));
    auto before = mesh.sent;
    mesh.run_for(20s);
    BOOST_TEST_REQUIRE(mesh.sent == before, "seed " << seed);
  }
}

// Peers from 31 are like Go peers. 31 to 33 have many neighbours, so they pass
// gossip on to some of them only. The others are leaves of these.
BOOST_AUTO_TEST_CASE(leaves_of_peers_without_digests_hear_of_gathered_news) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 60};
    mesh.gossip_to_some();
    mesh.stop_periodic_gossip();
    mesh.use_digests(all_of(1, 30));
    for (unsigned i = 31; i <= 60; ++i)
      if (i <= 33)
        for (unsigned k = 1; k <= 8; ++k)
          mesh.connect(i, 10 * (i - 31) + k);
      else
        mesh.connect(i, 31 + i % 3);
    mesh.run_for(3s);
    for (unsigned i = 2; i <= 30; ++i) {
      for (unsigned k = 0; k < 5; ++k)
        mesh.connect(i, 1 + static_cast<unsigned>(mesh.below(i - 1)));
      mesh.run_for(10ms);
    }
    mesh.run_for(5s);
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.gathered > 0u);
  }
}

// Two parts are connected over peer 1 only, which is like a Go peer, has the
// lowest name, and passes gossip on to some neighbours only.
BOOST_AUTO_TEST_CASE(parts_on_both_sides_of_a_go_peer_hear_of_gathered_news) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 41};
    mesh.gossip_to_some();
    mesh.stop_periodic_gossip();
    mesh.use_digests(all_of(2, mesh.size()));
    for (unsigned i = 2; i <= 15; ++i) {
      mesh.connect(1, i);
      mesh.connect(1, i + 20);
    }
    auto connect_some = [&](unsigned i, unsigned count) {
      for (unsigned k = 0; k < count; ++k)
        mesh.connect(i, (i <= 21 ? 2 : 22)
                          + static_cast<unsigned>(mesh.below(20)));
    };
    for (unsigned i = 2; i <= mesh.size(); ++i)
      connect_some(i, 5);
    mesh.run_for(4s);
    for (unsigned i = 2; i <= mesh.size(); ++i) {
      connect_some(i, 1);
      mesh.run_for(10ms);
    }
    mesh.run_for(1500ms); // before digests find what is missing
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.gathered > 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_growing_star_agrees_without_periodic_gossip) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 40};
    mesh.stop_periodic_gossip();
    mesh.use_digests(all_of(1, mesh.size()));
    for (unsigned i = 2; i <= mesh.size(); ++i) {
      mesh.connect(i, 1);
      mesh.run_for(std::chrono::milliseconds{10 * mesh.below(4)});
    }
    mesh.run_for(1500ms);
    auto wrong = mesh.disagreement();
    BOOST_TEST_REQUIRE(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.gathered > 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_dense_mesh_forms_with_few_messages) {
  mesh_simulation mesh{1, 40};
  make_dense(mesh);
  mesh.run_for(12s);
  mesh_simulation other{1, 40};
  make_dense(other, other.size());
  other.run_for(12s);
  BOOST_TEST(other.disagreement().empty());
  BOOST_TEST(mesh.sent < other.sent / 4);
}

BOOST_AUTO_TEST_CASE(a_change_in_a_quiet_dense_mesh_is_known_at_once) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 40};
    make_dense(mesh);
    mesh.run_for(20s);
    auto before = mesh.gathered;
    mesh.disconnect(40, 39);
    mesh.connect(40, 39);
    // An announcement waits for 10 ms, and each of three hops takes up to 70
    // ms.
    mesh.run_for(230ms);
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.gathered == before);
  }
}

BOOST_AUTO_TEST_CASE(dense_parts_that_meet_agree_without_periodic_gossip) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    mesh_simulation mesh{seed, 60};
    mesh.stop_periodic_gossip();
    mesh.use_digests(all_of(1, mesh.size()));
    for (unsigned i = 1; i <= 60; ++i)
      for (unsigned k = 0; k < 5; ++k)
        mesh.connect(i, (i <= 30 ? 1 : 31)
                          + static_cast<unsigned>(mesh.below(30)));
    mesh.run_for(15s);
    for (unsigned i = 0; i < 5; ++i)
      mesh.connect(1 + static_cast<unsigned>(mesh.below(30)),
                   31 + static_cast<unsigned>(mesh.below(30)));
    mesh.run_for(3s);
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()
