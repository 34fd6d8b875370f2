#include "actors/node/shared_records.hpp"

#include <malloc.h>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/mesh_model.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"
#include "tests/support/blob.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the object through which the nodes of a process share records.
namespace {

using sharing_ptr = std::shared_ptr<record_sharing>;

// A record of 100 bytes. It contains the name and the version, as a real record
// does.
bytes data_of(unsigned peer, std::uint8_t version, std::uint8_t byte) {
  bytes result;
  name_of(peer).append_to(result);
  result.push_back(version);
  result.resize(100, byte);
  return result;
}

encoded_record record(const sharing_ptr& from, std::uint8_t version,
                      std::uint8_t byte, unsigned peer = 1) {
  record_edition edition;
  edition.version = version;
  return from->get(name_of(peer), edition, data_of(peer, version, byte));
}

mesh_model_options sharing() {
  mesh_model_options result;
  result.sharing = shared_records();
  return result;
}

const peer_records& records_of(const gossip_data_ptr& x) {
  return static_cast<const peer_records&>(*x);
}

} // namespace

BOOST_AUTO_TEST_SUITE(shared_records_tests)

BOOST_AUTO_TEST_CASE(nodes_share_equal_records) {
  auto one = shared_records();
  auto other = shared_records();
  auto first = record(one, 1, 7);
  BOOST_TEST(record(other, 1, 7).shares_with(first));
  BOOST_TEST(!record(other, 2, 7).shares_with(first));
  BOOST_TEST((first.data() == byte_view{data_of(1, 1, 7)}));
}

BOOST_AUTO_TEST_CASE(different_records_of_one_edition_are_not_shared) {
  auto one = shared_records();
  auto other = shared_records();
  auto first = record(one, 1, 7);
  auto second = record(other, 1, 8);
  BOOST_TEST(!second.shares_with(first));
  BOOST_TEST((second.data() == byte_view{data_of(1, 1, 8)}));
}

BOOST_AUTO_TEST_CASE(every_edition_that_a_node_has_is_shared) {
  auto one = shared_records();
  auto other = shared_records();
  auto older = record(one, 1, 7);
  auto latest = record(one, 2, 7);
  BOOST_TEST(record(other, 1, 7).shares_with(older));
  BOOST_TEST(record(other, 2, 7).shares_with(latest));
}

BOOST_AUTO_TEST_CASE(a_single_node_shares_nothing) {
  auto one = shared_records();
  auto first = record(one, 1, 7);
  BOOST_TEST(!record(one, 1, 7).shares_with(first));
  BOOST_TEST(first.is_only_owner());
}

BOOST_AUTO_TEST_CASE(unused_records_are_dropped_and_others_stay) {
  auto one = shared_records();
  auto other = shared_records();
  auto kept = record(one, 1, 7);
  auto before = mallinfo2().uordblks;
  for (unsigned peer = 2; peer < 10'000; ++peer)
    record(one, 1, 7, peer);
  BOOST_TEST(mallinfo2().uordblks < before + 100 * kib);
  auto latest = record(one, 1, 7, 10'000);
  BOOST_TEST(record(other, 1, 7).shares_with(kept));
  BOOST_TEST(record(other, 1, 7, 10'000).shares_with(latest));
}

BOOST_AUTO_TEST_CASE(two_models_keep_one_copy_of_a_record) {
  view one{sharing()};
  view other{sharing()};
  one.connect(1);
  other.connect(1);
  one.hear({says(1, {us, 2}), says(2, {1})});
  other.hear({says(1, {us, 2}), says(2, {1})});
  auto first = one.state.complete();
  auto second = other.state.complete();
  BOOST_TEST(records_of(first).records()[0].shares_with(
    records_of(second).records()[0]));
  BOOST_TEST(records_of(first).records()[1].shares_with(
    records_of(second).records()[1]));
}

BOOST_AUTO_TEST_SUITE_END()
