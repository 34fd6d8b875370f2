#include "actors/core/mesh/mesh_model.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

/// The model of our peer, which is connected to 1 and has short ID 5.
struct fixture : view {
  fixture() {
    connect(1);
    hear({says(1, {us})});
    skip_announcements();
  }

  static peer_record claims(unsigned peer, unsigned alias,
                            std::vector<unsigned> remotes = {1},
                            std::uint64_t version = 1) {
    auto result = says(peer, remotes, version);
    result.peer.alias = static_cast<short_id>(alias);
    return result;
  }

  /// Adds a peer for each short ID except ours. The peer's number is 100 plus
  /// the ID, and it is connected to 1.
  void claim_all_others() {
    std::vector<peer_record> records{connected_to_all_but(1, 2)};
    for (auto& x : records[0].connections)
      if (x.remote != name_of(us)) {
        auto peer = static_cast<unsigned>(x.remote.number());
        records.push_back(claims(peer, peer - 100));
      }
    hear(records);
  }

  /// The record of peer 1, which is connected to us and to the peers of all
  /// short IDs other than `alias`, 1 and ours.
  static peer_record connected_to_all_but(unsigned alias,
                                          std::uint64_t version) {
    std::vector<unsigned> remotes{us};
    for (unsigned i = 0; i < short_id_count; ++i)
      if (i != 1 && i != us && i != alias)
        remotes.push_back(100 + i);
    return claims(1, 1, remotes, version);
  }

  short_id ours() const {
    return state.self().alias;
  }

  bool owned_by(unsigned alias, unsigned peer) const {
    return state.find(static_cast<short_id>(alias)) == name_of(peer);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_short_ids_tests, fixture)

BOOST_AUTO_TEST_CASE(our_short_id_is_ours) {
  BOOST_TEST((ours() == short_id{us}));
  BOOST_TEST(owned_by(us, us));
  BOOST_TEST((record(us).peer.alias == short_id{us}));
}

BOOST_AUTO_TEST_CASE(a_lower_name_wins_our_short_id_and_we_draw_another) {
  auto version = version_of(us);
  hear({says(1, {us, 2}, 2), claims(2, us)});
  BOOST_TEST(owned_by(us, 2));
  BOOST_TEST((ours() != short_id{us}));
  BOOST_TEST((state.find(ours()) == name_of(us)));
  BOOST_TEST((record(us).peer.alias == ours()));
  BOOST_TEST(version_of(us) == version + 1);
  BOOST_TEST(effects.short_ids_changed);
  BOOST_TEST(announced() == "5");
}

BOOST_AUTO_TEST_CASE(a_higher_name_does_not_win_our_short_id) {
  auto version = version_of(us);
  hear({says(1, {us, 9}, 2), claims(9, us)});
  BOOST_TEST((ours() == short_id{us}));
  BOOST_TEST(owned_by(us, us));
  BOOST_TEST(version_of(us) == version);
  BOOST_TEST(!effects.short_ids_changed);
}

BOOST_AUTO_TEST_CASE(a_new_neighbour_may_win_our_short_id) {
  auto x = offer(2, 2);
  x.remote.alias = short_id{us};
  add(x);
  BOOST_TEST(owned_by(us, 2));
  BOOST_TEST((ours() != short_id{us}));
  BOOST_TEST(announced() == "2 5");
}

BOOST_AUTO_TEST_CASE(a_contested_short_id_is_kept_if_none_is_free) {
  claim_all_others();
  auto version = version_of(us);
  hear({claims(2, us), claims(100, 0, {1, 2}, 2)});
  BOOST_TEST(owned_by(us, 2));
  BOOST_TEST((ours() == short_id{us}));
  BOOST_TEST(version_of(us) == version);
}

BOOST_AUTO_TEST_CASE(the_first_short_id_that_becomes_free_is_chosen) {
  claim_all_others();
  hear({claims(2, us), claims(100, 0, {1, 2}, 2)});
  hear({claims(100 + 77, 1, {1}, 2)});
  BOOST_TEST((ours() == short_id{77}));
  BOOST_TEST(owned_by(77, us));
  BOOST_TEST(effects.short_ids_changed);
  BOOST_TEST(announced() == "5");
}

BOOST_AUTO_TEST_CASE(collection_frees_short_ids) {
  claim_all_others();
  hear({claims(2, us), claims(100, 0, {1, 2}, 2)});
  hear({connected_to_all_but(77, 3)});
  BOOST_TEST((ours() == short_id{us}));
  wait(1s);
  BOOST_TEST((ours() == short_id{77}));
  BOOST_TEST(owned_by(77, us));
}

BOOST_AUTO_TEST_CASE(a_contested_short_id_is_ours_again_when_its_owner_leaves) {
  claim_all_others();
  hear({claims(2, us), claims(100, 0, {1, 2}, 2)});
  remove(1);
  BOOST_TEST((ours() == short_id{us}));
  BOOST_TEST(owned_by(us, us));
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_frees_its_short_id_for_the_next) {
  connect(9);
  hear({claims(1, 77, {us}, 2), claims(9, 77, {us})});
  BOOST_TEST(owned_by(77, 1));
  remove(1);
  BOOST_TEST(owned_by(77, 9));
  BOOST_TEST(effects.short_ids_changed);
}

BOOST_AUTO_TEST_CASE(a_claim_to_a_formerly_owned_short_id_is_an_event) {
  connect(9);
  hear({claims(1, 77, {us}, 2)});
  remove(1);
  BOOST_TEST(!effects.short_ids_changed);
  hear({claims(9, 77, {us})});
  BOOST_TEST(effects.short_ids_changed);
}

BOOST_AUTO_TEST_CASE(a_first_claim_is_not_an_event) {
  hear({says(1, {us, 2}, 2), claims(2, 77)});
  BOOST_TEST(owned_by(77, 2));
  BOOST_TEST(!effects.short_ids_changed);
}

BOOST_AUTO_TEST_CASE(a_peer_that_changes_its_short_id_releases_the_old_one) {
  hear({claims(1, 77, {us}, 2)});
  hear({claims(1, 78, {us}, 3)});
  BOOST_TEST(!state.find(short_id{77}));
  BOOST_TEST(owned_by(78, 1));
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same) {
  fixture other;
  for (fixture* x : {static_cast<fixture*>(this), &other})
    x->hear({says(1, {us, 2}, 2), claims(2, us)});
  BOOST_TEST((ours() == other.ours()));
}

BOOST_AUTO_TEST_SUITE_END()
