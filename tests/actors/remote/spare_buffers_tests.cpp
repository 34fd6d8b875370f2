#include "actors/remote/spare_buffers.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of the memory that sent messages leave for further ones.
namespace {

std::vector<bytes> buffers(std::size_t count) {
  return std::vector<bytes>(count, bytes(100, 1));
}

} // namespace

BOOST_AUTO_TEST_SUITE(spare_buffers_tests)

BOOST_AUTO_TEST_CASE(a_buffer_is_taken_once_and_empty) {
  spare_buffers spare;
  spare.give(buffers(2));
  for (auto i = 0; i < 2; ++i) {
    auto x = spare.take();
    BOOST_TEST(x.empty());
    BOOST_TEST(x.capacity() >= 100u);
  }
  BOOST_TEST(spare.take().capacity() == 0u);
}

BOOST_AUTO_TEST_CASE(a_limited_number_of_buffers_is_kept) {
  spare_buffers spare;
  spare.give(buffers(spare_buffers::most - 1));
  spare.give(buffers(3));
  for (std::size_t i = 0; i < spare_buffers::most; ++i)
    BOOST_TEST_REQUIRE(spare.take().capacity() > 0u);
  BOOST_TEST(spare.take().capacity() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
