#include <cstdint>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include <cafmesh/packed_bytes.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(packed_bytes_tests)

BOOST_AUTO_TEST_CASE(copies_share_their_bytes) {
  const bytes xs{1, 2, 3};
  const packed_bytes x{byte_view{xs}};
  const auto y = x;
  BOOST_TEST((y.view() == byte_view{xs}));
  BOOST_TEST(y.size() == 3u);
  BOOST_TEST(y.view().data() == x.view().data());
  BOOST_TEST(packed_bytes{byte_view{}}.empty());
}

// The bytes are never read, so they need not exist.
BOOST_AUTO_TEST_CASE(more_than_4_GiB_are_refused) {
  const std::uint8_t one = 0;
  const byte_view too_many{&one, std::size_t{UINT32_MAX} + 1};
  BOOST_CHECK_THROW(packed_bytes{too_many}, std::length_error);
}

BOOST_AUTO_TEST_SUITE_END()
