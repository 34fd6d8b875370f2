#include <algorithm>
#include <iostream>
#include <malloc.h>
#include <memory>
#include <numeric>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"
#include "tests/support/blob.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Measures the memory that a mesh model takes for each peer and connection.
namespace {

constexpr unsigned first = 1000;

std::size_t allocated() {
  return mallinfo2().uordblks;
}

// Makes an update with the records of peers in a ring. Each is connected to the
// `degree` peers that are nearest to it.
bytes ring_of(unsigned peers, unsigned degree) {
  std::vector<peer_record> all;
  for (unsigned i = 0; i < peers; ++i) {
    std::vector<unsigned> remotes;
    for (unsigned k = 1; k <= degree / 2; ++k) {
      remotes.push_back(first + (i + k) % peers);
      remotes.push_back(first + (i + peers - k) % peers);
    }
    std::sort(remotes.begin(), remotes.end());
    all.push_back(says(first + i, remotes));
    for (auto& x : all.back().connections)
      x.remote_address = "10.20.30." + std::to_string(x.remote.number() % 200)
                         + ":" + std::to_string(10'000 + x.remote.number());
  }
  return update_of(all);
}

// Returns how many bytes a mesh model takes once it has made routes, a digest
// and the complete state.
std::size_t size_of_view(unsigned peers, unsigned degree) {
  const auto update = ring_of(peers, degree);
  const auto before = allocated();
  auto model = std::make_unique<view>();
  model->connect(first);
  model->hear_bytes(update);
  BOOST_TEST(model->state.records().size() == peers + 1);
  BOOST_TEST(model->state.current_routes()->reachable() == peers + 1);
  BOOST_TEST(model->state.digest() != nullptr);
  BOOST_TEST(model->state.complete() != nullptr);
  return allocated() - before;
}

} // namespace

BOOST_AUTO_TEST_SUITE(view_size_tests)

BOOST_AUTO_TEST_CASE(
  a_peer_takes_less_than_520_bytes_and_a_connection_less_than_40) {
  size_of_view(10, 4); // allocates memory that stays in use
  const auto all = size_of_view(1000, 16);
  const auto twice = size_of_view(1000, 32);
  const auto per_connection = (twice - all) / 16'000;
  const auto per_peer = all / 1000 - 16 * per_connection;
  std::cout << "figure: a view of 1,000 peers with 16 connections each: "
            << all / kib << " KiB, " << per_connection
            << " bytes per connection and " << per_peer
            << " per peer beside them\n";
  BOOST_TEST(per_connection <= 40u);
  BOOST_TEST(per_peer <= 520u);
}

// Each node of a star hears the record of the hub.
BOOST_AUTO_TEST_CASE(a_long_record_leaves_no_room_for_another_behind) {
  std::vector<unsigned> leaves(1000);
  std::iota(leaves.begin(), leaves.end(), first + 1);
  const auto long_record = update_of({says(first, leaves, 2)});
  const auto short_record = update_of({says(first, {us}, 3)});
  view model;
  model.connect(first);
  const auto before = allocated();
  model.hear_bytes(long_record);
  model.hear_bytes(short_record);
  BOOST_TEST(allocated() - before < 32 * kib);
}

BOOST_AUTO_TEST_SUITE_END()
