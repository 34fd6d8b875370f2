#include "actors/remote/pooled.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of pooled objects, whose memory is kept and reused.
namespace {

struct thing : pooled<thing, 2> {
  int x = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(pooled_tests)

BOOST_AUTO_TEST_CASE(memory_is_used_again) {
  auto* first = new thing;
  first->x = 7;
  const void* place = first;
  delete first;
  auto* second = new thing;
  BOOST_TEST(static_cast<const void*>(second) == place);
  BOOST_TEST(second->x == 0);
  delete second;
}

BOOST_AUTO_TEST_CASE(any_number_of_objects_can_live) {
  std::array<thing*, 5> all{};
  for (int round = 0; round < 2; ++round) {
    for (auto& x : all)
      x = new thing;
    for (auto* x : all)
      delete x;
  }
}

BOOST_AUTO_TEST_SUITE_END()
