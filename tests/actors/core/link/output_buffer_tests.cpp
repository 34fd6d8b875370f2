#include "actors/core/link/output_buffer.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace cafmesh;

namespace {

constexpr std::size_t kib = 1024;

bytes counting(std::size_t size, std::uint8_t first = 0) {
  bytes result(size);
  std::iota(result.begin(), result.end(), first);
  return result;
}

struct buffered {
  output_buffer out;
  bytes waiting() const {
    return out.view().to_bytes();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(output_buffer_tests, buffered)

BOOST_AUTO_TEST_CASE(a_new_buffer_is_empty_and_has_no_memory) {
  BOOST_TEST(out.empty());
  BOOST_TEST(out.view().size() == 0u);
  BOOST_TEST(out.capacity() == 0u);
}

BOOST_AUTO_TEST_CASE(appended_bytes_wait_in_order) {
  out.append(counting(3));
  auto* room = out.extend(2);
  room[0] = 3;
  room[1] = 4;
  out.append(counting(1, 5));
  BOOST_TEST((waiting() == counting(6)));
}

BOOST_AUTO_TEST_CASE(dropped_bytes_no_longer_wait) {
  out.append(counting(10));
  out.drop_front(4);
  BOOST_TEST((waiting() == counting(6, 4)));
  out.append(counting(2, 10));
  BOOST_TEST((waiting() == counting(8, 4)));
  out.drop_front(8);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(waiting_bytes_survive_growth) {
  out.append(counting(100));
  out.drop_front(30);
  out.append(counting(200 * kib, 100));
  BOOST_TEST((waiting() == counting(200 * kib + 70, 30)));
}

BOOST_AUTO_TEST_CASE(a_writer_that_never_catches_up_takes_no_more_memory) {
  out.append(counting(kib));
  for (int i = 0; i < 5 * 1024; ++i) {
    out.append(counting(kib));
    out.drop_front(kib);
  }
  BOOST_TEST((waiting() == counting(kib)));
  BOOST_TEST(out.capacity() <= 4 * output_buffer::worth_moving);
}

BOOST_AUTO_TEST_CASE(a_large_buffer_needed_seldom_is_freed_when_empty) {
  const auto much = 2 * output_buffer::most_kept;
  auto fill_and_empty = [&] {
    out.append(counting(much));
    out.drop_front(much);
  };
  out.append(counting(1));
  out.drop_front(1);
  for (unsigned i = 0; i < output_buffer::most_frees; ++i) {
    fill_and_empty();
    BOOST_TEST(out.capacity() == 0u);
  }
  fill_and_empty();
  BOOST_TEST(out.capacity() >= much);
  out.relax();
  fill_and_empty();
  BOOST_TEST(out.capacity() == 0u);
}

BOOST_AUTO_TEST_CASE(memory_stays_as_long_as_it_is_needed) {
  out.append(counting(2 * output_buffer::worth_moving));
  out.drop_front(out.view().size() - 7);
  const auto rest = waiting();
  out.relax();
  BOOST_TEST(out.capacity() >= 2 * output_buffer::worth_moving);
  out.drop_front(3);
  out.append(counting(3));
  out.drop_front(7);
  out.append(rest);
  out.relax();
  out.relax();
  BOOST_TEST(out.capacity() <= kib);
  BOOST_TEST((waiting() == rest));
}

BOOST_AUTO_TEST_CASE(unused_memory_is_freed_while_a_few_bytes_wait) {
  out.append(counting(2 * output_buffer::worth_moving));
  out.drop_front(out.view().size() - 7);
  const auto rest = waiting();
  out.relax();
  out.relax();
  BOOST_TEST(out.capacity() <= kib);
  BOOST_TEST((waiting() == rest));
}

BOOST_AUTO_TEST_CASE(a_small_buffer_is_kept_when_it_is_empty) {
  out.append(counting(output_buffer::most_kept));
  out.drop_front(output_buffer::most_kept);
  BOOST_TEST(out.capacity() == output_buffer::most_kept);
}

BOOST_AUTO_TEST_SUITE_END()
