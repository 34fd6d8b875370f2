#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <cafmesh/detail/persistent_map.hpp>

using namespace cafmesh;

// Tests of a sorted map whose changes fail half-way.
namespace {

// A value that cannot be moved once `moves_left` is 0.
std::size_t moves_left = SIZE_MAX;
struct fragile {
  explicit fragile(int number) : n(number) {
  }
  fragile(const fragile&) = default;
  fragile(fragile&& x) : n(x.n) {
    if (moves_left == 0)
      throw std::bad_alloc{};
    --moves_left;
  }
  fragile& operator=(const fragile&) = default;
  int n;
};

using map = persistent_map<fragile, no_summary>;

std::string key_of(int number) {
  return "key " + std::to_string(1000 + number);
}

} // namespace

BOOST_AUTO_TEST_SUITE(persistent_map_failure_tests)

BOOST_AUTO_TEST_CASE(a_merge_that_fails_leaves_the_map_as_it_was) {
  map x;
  for (int i = 0; i < 1000; i += 2)
    x.set(key_of(i), fragile{i});
  map::new_items more;
  for (int i = 0; i < 1000; ++i)
    more.add(key_of(i), fragile{-i}, {});
  moves_left = 700;
  BOOST_CHECK_THROW(
    x.merge(std::move(more), [](const auto&, const auto&) { return true; }),
    std::bad_alloc);
  moves_left = SIZE_MAX;
  BOOST_TEST_REQUIRE(x.size() == 500u);
  for (int i = 0; i < 1000; i += 2)
    BOOST_TEST_REQUIRE((x.find(key_of(i)) && x.find(key_of(i))->n == i));
}

BOOST_AUTO_TEST_SUITE_END()
