#include "actors/core/gossip/relayed_data.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

constexpr std::size_t kib = 1024;

payload numbered(std::uint8_t number, std::size_t size) {
  bytes xs(size);
  xs[0] = number;
  return payload{std::move(xs)};
}

relayed_data::ptr row(int from, int to, std::size_t size) {
  auto result =
    relayed_data::of(numbered(static_cast<std::uint8_t>(from), size));
  for (int i = from + 1; i < to; ++i)
    result = result->merge(
      *relayed_data::of(numbered(static_cast<std::uint8_t>(i), size)));
  return std::static_pointer_cast<const relayed_data>(result);
}

std::vector<int> numbers(const relayed_data::ptr& x) {
  std::vector<int> result;
  if (x)
    for (const auto& message : x->encode())
      result.push_back(message.view()[0]);
  return result;
}

std::vector<int> range(int from, int to) {
  std::vector<int> result;
  for (int i = from; i < to; ++i)
    result.push_back(i);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(relayed_data_tests)

BOOST_AUTO_TEST_CASE(merging_concatenates_messages) {
  auto xs = row(0, 100, 10);
  BOOST_TEST(numbers(xs) == range(0, 100), boost::test_tools::per_element());
  BOOST_TEST(xs->count() == 100u);
  BOOST_TEST(xs->size() == 100 * (10 + relayed_data::overhead));
}

BOOST_AUTO_TEST_CASE(a_split_takes_the_oldest_up_to_a_batch) {
  auto rest = row(0, 100, 64 * kib);
  std::vector<int> all;
  while (rest) {
    auto before = rest->size();
    auto [oldest, others] = rest->split();
    BOOST_TEST(oldest->size() <= relayed_data::longest_run);
    BOOST_TEST(oldest->size() + (others ? others->size() : 0) == before);
    for (auto x : numbers(oldest))
      all.push_back(x);
    rest = others;
  }
  BOOST_TEST(all == range(0, 100), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_a_batch_is_split_off_alone) {
  auto [oldest, rest] = row(0, 2, 600 * kib)->split();
  BOOST_TEST(numbers(oldest) == range(0, 1), boost::test_tools::per_element());
  BOOST_TEST(numbers(rest) == range(1, 2), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_newest_stay_when_the_oldest_are_dropped) {
  for (std::size_t size : {1u, 100u, 1000u, 5000u}) {
    auto xs = row(0, 100, 10);
    auto rest = xs->without_oldest(size);
    BOOST_TEST_REQUIRE(rest != nullptr);
    BOOST_TEST(xs->size() - rest->size() >= size);
    auto left = static_cast<int>(rest->count());
    BOOST_TEST(numbers(rest) == range(100 - left, 100),
               boost::test_tools::per_element());
    BOOST_TEST(rest->size() == rest->count() * (10 + relayed_data::overhead));
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_if_all_is_dropped) {
  auto xs = row(0, 10, 10);
  BOOST_TEST(xs->without_oldest(xs->size()) == nullptr);
  BOOST_TEST(row(0, 1, 10)->without_oldest(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(of_a_merged_run_the_newest_message_may_stay_alone) {
  auto rest = row(0, 2, 10)->without_oldest(1);
  BOOST_TEST(numbers(rest) == range(1, 2), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
