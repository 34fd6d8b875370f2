#include "tools/meshd/mesh/channel_gossiper.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/gossip_data.hpp>

using cafmesh::bytes;
using cafmesh::payload;

// Tests of broadcasts that wait for a slow neighbour.
namespace {

// Merges broadcasts of this size, as they wait for a neighbour.
cafmesh::gossip_data_ptr merged(std::size_t count, std::size_t size) {
  auto one = meshd::make_broadcast({payload{bytes(size)}});
  auto result = one->merge(*one);
  for (std::size_t i = 2; i < count; ++i)
    const_cast<cafmesh::gossip_data&>(*result).merge_in_place(*one);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(channel_gossiper_tests)

BOOST_AUTO_TEST_CASE(few_broadcasts_wait_without_loss) {
  BOOST_TEST(merged(1000, 100)->encode().size() == 1000u);
}

BOOST_AUTO_TEST_CASE(the_oldest_broadcasts_are_dropped_beyond_4_MiB) {
  BOOST_TEST(merged(100, 1024 * 1024)->encode().size() == 3u);
}

BOOST_AUTO_TEST_CASE(empty_broadcasts_are_dropped_for_the_memory_they_take) {
  auto waiting = merged(1'000'000, 0)->encode().size();
  BOOST_TEST(waiting >= 10'000u);
  BOOST_TEST(waiting <= 100'000u);
}

BOOST_AUTO_TEST_CASE(one_broadcast_may_be_larger) {
  BOOST_TEST(merged(100, 8 * 1024 * 1024)->encode().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
