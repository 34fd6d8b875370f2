#include "actors/core/mesh/record_index.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/big_endian.hpp"
#include "actors/core/crdt/compare.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

fingerprint digest_of(unsigned peer) {
  bytes item{static_cast<std::uint8_t>(peer)};
  return fingerprint_of(byte_view{item});
}

fingerprint digest_of_peers(const std::vector<unsigned>& peers) {
  bytes digests;
  for (auto each : peers) {
    append_u64(digests, digest_of(each).high());
    append_u64(digests, digest_of(each).low());
  }
  return fingerprint_of(digests);
}

std::string key_of(unsigned peer) {
  bytes result;
  name_of(peer).append_to(result);
  return std::string{byte_view{result}.as_text()};
}

// The peers 10, 20 … 90, in slots 1 … 9, with 100 bytes each.
struct index_fixture {
  index_fixture() {
    for (unsigned i = 1; i < 10; ++i)
      index.add(i, digest_of(10 * i), 100);
  }
  static std::shared_ptr<const roster> named_by_slot() {
    auto result = std::make_shared<roster>();
    result->ranks.push_back(0);
    for (unsigned i = 1; i < 10; ++i) {
      result->names.push_back(name_of(10 * i));
      result->slots.push_back(i);
      result->ranks.push_back(i - 1);
    }
    return result;
  }
  record_index index{named_by_slot()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(record_index_tests, index_fixture)

BOOST_AUTO_TEST_CASE(all_records_are_counted_and_described) {
  const auto all = digest_of_peers({10, 20, 30, 40, 50, 60, 70, 80, 90});
  BOOST_TEST(index.size() == 9u);
  BOOST_TEST(index.bytes() == 900u);
  BOOST_TEST((index.summary().content == all));
}

BOOST_AUTO_TEST_CASE(a_range_includes_its_first_key_and_not_its_last_one) {
  auto [found, count] = index.summary(key_of(30), key_of(50));
  BOOST_TEST(count == 2u);
  BOOST_TEST((found.content == digest_of_peers({30, 40})));
  BOOST_TEST(
    (index.slots_in({key_of(30), key_of(50)}) == std::vector<slot>{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_range_without_end_reaches_to_the_last_record) {
  BOOST_TEST(index.summary(key_of(85), {}).second == 1u);
  BOOST_TEST((index.slots_in({key_of(85), {}}) == std::vector<slot>{9}));
}

BOOST_AUTO_TEST_CASE(keys_that_are_no_names_bound_a_range_too) {
  BOOST_TEST(index.summary({}, std::string{"\xff"}).second == 9u);
  BOOST_TEST(index.summary(std::string(100, '\xff'), {}).second == 0u);
  BOOST_TEST(count_between(index, {}, std::string{"\xff"}) == 9u);
  auto half = key_of(50).substr(0, 5);
  BOOST_TEST(index.summary(half, {}).second == 9u);
}

BOOST_AUTO_TEST_CASE(a_range_that_ends_before_it_begins_is_empty) {
  auto [found, count] = index.summary(key_of(50), key_of(30));
  BOOST_TEST(count == 0u);
  BOOST_TEST((found.content == fingerprint{}));
  BOOST_TEST(count_between(index, key_of(50), key_of(30)) == 0u);
  BOOST_TEST(index.slots_in({key_of(50), key_of(30)}).empty());
}

BOOST_AUTO_TEST_CASE(records_have_their_peers_names_as_keys) {
  BOOST_TEST(index.nth(0).first == key_of(10));
  BOOST_TEST(index.nth(8).first == key_of(90));
}

BOOST_AUTO_TEST_SUITE_END()
