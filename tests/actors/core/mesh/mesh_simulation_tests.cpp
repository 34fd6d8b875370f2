#include "tests/actors/core/mesh/mesh_simulation.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/record_limits.hpp"
#include "tests/support/heap.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests that all models of a random mesh come to agree, with and without a peer
// that sends false records.
namespace {

constexpr unsigned liar = 50;

void connect_all(mesh_simulation& mesh) {
  for (unsigned i = 2; i <= mesh.size(); ++i)
    mesh.connect(i, 1 + static_cast<unsigned>(mesh.below(i - 1)));
  for (auto more = mesh.below(mesh.size()); more > 0; --more)
    mesh.connect(1 + static_cast<unsigned>(mesh.below(mesh.size())),
                 1 + static_cast<unsigned>(mesh.below(mesh.size())));
}

/// Returns the peers that use digests: all, none, or every second one.
std::set<unsigned> some_digesters(std::uint64_t seed, unsigned peers) {
  std::set<unsigned> result;
  for (unsigned i = 1; i <= peers; ++i)
    if (seed % 3 == 0 || (seed % 3 == 1 && i % 2 == 0))
      result.insert(i);
  return result;
}

/// Connects each peer to five earlier ones at about the same time. All peers
/// use digests, except the first `without`.
void make_dense(mesh_simulation& mesh, unsigned without = 0) {
  mesh.stop_periodic_gossip();
  std::set<unsigned> digesters;
  for (unsigned i = without + 1; i <= mesh.size(); ++i)
    digesters.insert(i);
  mesh.use_digests(std::move(digesters));
  for (unsigned i = 2; i <= mesh.size(); ++i) {
    for (unsigned k = 0; k < 5; ++k)
      mesh.connect(i, 1 + static_cast<unsigned>(mesh.below(i - 1)));
    mesh.run_for(10ms);
  }
}

unsigned anybody(mesh_simulation& mesh) {
  return 1 + static_cast<unsigned>(mesh.below(mesh.size()));
}

/// Makes a false record of an honest peer, of a made-up peer or of the liar
/// itself. Its version and UID often equal those of the true record.
peer_record some_lie(mesh_simulation& mesh) {
  auto about = mesh.below(4) == 0   ? 60 + static_cast<unsigned>(mesh.below(5))
               : mesh.below(4) == 0 ? liar
                                    : anybody(mesh);
  std::vector<unsigned> remotes;
  for (unsigned i = 1; i < 65; ++i)
    if (i == liar || i <= mesh.size() || i >= 60)
      if (mesh.below(3) == 0)
        remotes.push_back(i);
  auto lie = says(about, remotes, 1 + mesh.below(20));
  if (auto known = mesh.model(anybody(mesh)).find(name_of(about))) {
    lie.peer.version = known->version;
    lie.peer.uid = known->uid;
  }
  switch (mesh.below(8)) {
  case 0:
    lie.peer.version += 1 + mesh.below(5);
    break;
  case 1:
    lie.peer.version =
      std::min(mesh.last_version(), lie.peer.version + 1'000'000'000);
    break;
  case 2:
    lie.peer.version = mesh.last_version() - mesh.below(3);
    break;
  case 3:
    lie.peer.uid =
      peer_uid{UINT64_MAX - mesh.below(mesh.below(2) == 0 ? 2 : UINT64_MAX)};
    break;
  case 4:
    lie.peer.alias.reset();
    break;
  case 5:
    lie.peer.alias = static_cast<short_id>(
      mesh.below(mesh.below(2) == 0 ? 10 : short_id_count));
    break;
  default: // keeps the version and the UID
    break;
  }
  return lie;
}

void lie_for_a_while(mesh_simulation& mesh) {
  for (auto lies = 5 + mesh.below(60); lies > 0; --lies) {
    auto to = anybody(mesh);
    mesh.connect_liar(liar, to);
    mesh.say(liar, to, {some_lie(mesh), some_lie(mesh)});
    mesh.run_for(std::chrono::milliseconds{mesh.below(400)});
  }
  for (unsigned i = 1; i <= mesh.size(); ++i)
    mesh.disconnect_liar(liar, i);
}

/// A record of the liar that names many peers, and records of these peers with
/// many connections and with nicknames that are far too long.
std::vector<peer_record> flood(unsigned round, unsigned neighbour) {
  constexpr unsigned count = 100;
  constexpr unsigned degree = 24;
  std::vector<unsigned> made_up{neighbour};
  std::vector<peer_record> result{{}};
  for (unsigned i = 0; i < count; ++i) {
    auto begin = made_up.end() - std::min(i, degree);
    std::vector<unsigned> remotes(begin, made_up.end());
    remotes.insert(remotes.begin(), liar);
    made_up.push_back(1000 + round * count + i);
    result.push_back(says(made_up.back(), remotes));
    result.back().peer.nickname.assign(4096, 'x');
  }
  result[0] = says(liar, made_up, round + 2);
  return result;
}

/// The maximum number of lines that a peer may have written to its log.
std::size_t line_limit_of(const mesh_simulation& mesh) {
  constexpr std::size_t warnings_a_minute = 2;
  const auto lasted = mesh.elapsed();
  return line_budget::at_once
         + static_cast<std::size_t>(lasted / line_budget::interval)
         + warnings_a_minute * static_cast<std::size_t>(lasted / 1min + 1);
}

/// The number of bytes by which the memory of all models together may grow. A
/// nickname of 1 KiB is in a record, in its encoding and in updates under way.
std::size_t memory_limit_of(const mesh_simulation& mesh,
                            const record_limits::totals& limits) {
  return mesh.size() * (limits.peers * 5 * 1024 + limits.edges * 16);
}

/// Describes the first model whose records exceed the limits; empty if there is
/// none.
std::string excess(mesh_simulation& mesh, const record_limits::totals& limits) {
  for (unsigned i = 1; i <= mesh.size(); ++i) {
    const auto all = mesh.model(i).records();
    std::size_t edges = 0;
    for (const auto& x : all)
      edges += x.connections.size();
    if (all.size() > limits.peers || edges > limits.edges + limits.unresolved)
      return std::to_string(i) + " knows " + std::to_string(all.size())
             + " peers and " + std::to_string(edges) + " connections";
  }
  return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(mesh_simulation_tests)

BOOST_AUTO_TEST_CASE(an_honest_mesh_agrees) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    mesh_simulation mesh{seed, 3 + static_cast<unsigned>(seed % 6)};
    mesh.use_digests(some_digesters(seed, mesh.size()));
    connect_all(mesh);
    mesh.run_for(3s);
    auto wrong = mesh.disagreement();
    BOOST_TEST_REQUIRE(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.impersonations == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_mesh_agrees_and_is_quiet_after_a_liar_has_left) {
  const auto memory_counts = measures_memory();
  std::size_t impersonations = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    mesh_simulation mesh{seed, 3 + static_cast<unsigned>(seed % 6)};
    mesh.use_digests(some_digesters(seed, mesh.size()));
    connect_all(mesh);
    mesh.run_for(1s);
    const auto heap = allocated();
    lie_for_a_while(mesh);
    if (memory_counts)
      BOOST_TEST_REQUIRE(allocated() < heap + 1024 * 1024, "seed " << seed);
    mesh.run_for(20s);
    BOOST_TEST_REQUIRE(mesh.most_lines() <= line_limit_of(mesh));
    auto wrong = mesh.disagreement();
    BOOST_TEST_REQUIRE(wrong.empty(), "seed " << seed << ": " << wrong);
    impersonations += mesh.impersonations;
    auto before = mesh.sent;
    mesh.run_for(10s);
    BOOST_TEST_REQUIRE(mesh.sent == before, "seed " << seed);
  }
  BOOST_TEST(impersonations > 300u);
}

BOOST_AUTO_TEST_CASE(a_liar_fills_neither_memory_nor_log) {
  const record_limits::totals limits{40, 800, 160};
  const auto memory_counts = measures_memory();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 3 + static_cast<unsigned>(seed % 4), {}, limits};
    mesh.use_digests(some_digesters(seed, mesh.size()));
    connect_all(mesh);
    mesh.run_for(1s);
    const auto heap = allocated();
    const auto most = heap + memory_limit_of(mesh, limits);
    std::size_t held = 0;
    for (unsigned round = 0; round < 60; ++round) {
      auto to = anybody(mesh);
      mesh.connect_liar(liar, to);
      mesh.say(liar, to, flood(round, to));
      mesh.run_for(200ms);
      held = std::max(held, allocated());
      auto wrong = excess(mesh, limits);
      BOOST_TEST_REQUIRE(wrong.empty(), "seed " << seed << ": " << wrong);
    }
    if (memory_counts)
      BOOST_TEST(held <= most, "seed " << seed << ": " << held - heap
                                       << " bytes of " << most - heap);
    for (unsigned i = 1; i <= mesh.size(); ++i)
      mesh.disconnect_liar(liar, i);
    mesh.run_for(20s);
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST(mesh.most_lines() <= line_limit_of(mesh));
    BOOST_TEST(mesh.most_lines() > line_budget::at_once);
    const auto kept = allocated() - std::min(allocated(), heap);
    if (memory_counts)
      BOOST_TEST(kept <= (most - heap) / 4, "seed " << seed << ": " << kept);
    auto before = mesh.sent;
    mesh.run_for(10s);
    BOOST_TEST(mesh.sent == before, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(parts_that_meet_agree_at_once_though_some_are_hasty) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 rng{seed};
    std::set<unsigned> hasty;
    for (unsigned i = 1; i <= 6; ++i)
      if (rng() % 2 == 0)
        hasty.insert(i);
    mesh_simulation mesh{seed, 7, hasty};
    std::set<unsigned> digesters;
    for (unsigned i : some_digesters(seed, mesh.size()))
      if (hasty.count(i) == 0)
        digesters.insert(i);
    mesh.use_digests(digesters);
    // Peer 7 connects to 3. Shortly afterwards, a connection between 3 and 4
    // joins the lines 1 - 2 - 3 and 4 - 5 - 6.
    for (unsigned i : {1u, 2u, 4u, 5u})
      mesh.connect(i, i + 1);
    mesh.run_for(3s);
    mesh.connect(7, 3);
    mesh.run_for(std::chrono::milliseconds{rng() % 1200});
    mesh.connect(3, 4);
    mesh.run_for(500ms);
    auto wrong = mesh.disagreement();
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
  }
}

// -- meshes in which news is gathered

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

BOOST_AUTO_TEST_CASE(a_growing_star_agrees_without_periodic_gossip) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_simulation mesh{seed, 40};
    mesh.stop_periodic_gossip();
    mesh.use_digests(some_digesters(3 * seed, mesh.size()));
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
    mesh.use_digests(some_digesters(3 * seed, mesh.size()));
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
