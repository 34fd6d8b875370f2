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

encoded_record record(const std::shared_ptr<record_sharing>& from,
                      std::uint64_t version, std::uint8_t byte) {
  record_edition edition;
  edition.version = version;
  return from->get(name_of(1), edition, bytes(100, byte));
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
  BOOST_TEST((first.data() == byte_view{bytes(100, 7)}));
}

BOOST_AUTO_TEST_CASE(different_records_of_one_edition_are_not_shared) {
  auto one = shared_records();
  auto other = shared_records();
  auto first = record(one, 1, 7);
  auto second = record(other, 1, 8);
  BOOST_TEST(!second.shares_with(first));
  BOOST_TEST((second.data() == byte_view{bytes(100, 8)}));
}

BOOST_AUTO_TEST_CASE(an_older_record_does_not_displace_the_latest) {
  auto one = shared_records();
  auto other = shared_records();
  auto latest = record(one, 2, 7);
  record(other, 1, 7);
  BOOST_TEST(record(other, 2, 7).shares_with(latest));
}

BOOST_AUTO_TEST_CASE(a_record_that_no_node_has_makes_room_for_an_older_one) {
  auto one = shared_records();
  auto other = shared_records();
  record(one, 2, 7);
  auto older = record(one, 1, 7);
  BOOST_TEST(record(other, 1, 7).shares_with(older));
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
  auto kept = one->get(name_of(1), {}, bytes(100, 1));
  auto before = mallinfo2().uordblks;
  for (unsigned i = 2; i < 10'000; ++i)
    one->get(name_of(i), {}, bytes(100, 1));
  BOOST_TEST(mallinfo2().uordblks < before + 100 * kib);
  auto latest = one->get(name_of(2000), {}, bytes(100, 1));
  BOOST_TEST(other->get(name_of(1), {}, bytes(100, 1)).shares_with(kept));
  BOOST_TEST(other->get(name_of(2000), {}, bytes(100, 1)).shares_with(latest));
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
