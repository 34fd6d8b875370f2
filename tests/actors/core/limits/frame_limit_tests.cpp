#include "actors/core/limits/frame_limit.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t own = frame_limit::for_each;

struct fixture {
  frame_limit limit{1000};
  instant now{12h};

  // Notes a frame that begins now. Returns the numbers of the connections to
  // close.
  std::vector<std::uint64_t> hold(std::uint64_t who, const std::string& from,
                                  std::size_t counted) {
    now += 1s;
    return hold_since(who, from, counted, now);
  }
  std::vector<std::uint64_t> hold_since(std::uint64_t who,
                                        const std::string& from,
                                        std::size_t counted, instant begun) {
    std::vector<std::uint64_t> result;
    for (auto x :
         limit.hold(connection_id{who}, ip_address::parse(from).value(),
                    own + counted, begun, now))
      result.push_back(static_cast<std::uint64_t>(x));
    return result;
  }
};

using ids = std::vector<std::uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(frame_limit_tests, fixture)

BOOST_AUTO_TEST_CASE(small_frames_do_not_count) {
  for (std::uint64_t i = 0; i < 100; ++i)
    BOOST_TEST(hold(i, "10.0.0.1", 0).empty());
  BOOST_TEST(limit.taken() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_longer_held_counts_no_more) {
  BOOST_TEST(hold(1, "10.0.0.1", 600).empty());
  BOOST_TEST(hold(1, "10.0.0.1", 1000).empty());
  BOOST_TEST(limit.taken() == 1000u);
  BOOST_TEST(hold(1, "10.0.0.1", 300).empty());
  BOOST_TEST(limit.taken() == 300u);
  BOOST_TEST(hold(1, "10.0.0.1", 0).empty());
  BOOST_TEST(hold(2, "10.0.0.2", 1000).empty());
  limit.release(connection_id{2});
  limit.release(connection_id{2});
  BOOST_TEST(limit.taken() == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_that_fills_the_limit_displaces_itself) {
  BOOST_TEST(hold(1, "10.0.0.1", 300).empty());
  for (std::uint64_t i = 2; i < 9; ++i)
    BOOST_TEST(hold(i, "10.0.0.2", 100).empty());
  BOOST_TEST(hold(9, "10.0.0.2", 100) == ids{2});
  limit.release(connection_id{1});
  BOOST_TEST(hold(10, "10.0.0.3", 450) == (ids{3, 4}));
  BOOST_TEST(limit.taken() == 950u);
}

BOOST_AUTO_TEST_CASE(of_one_source_the_frame_that_began_first_goes) {
  BOOST_TEST(hold(7, "10.0.0.1", 100).empty());
  BOOST_TEST(hold(1, "10.0.0.1", 500).empty());
  BOOST_TEST(hold(1, "10.0.0.1", 901) == ids{7});
}

BOOST_AUTO_TEST_CASE(a_frame_that_grows_stays_as_old_as_it_is) {
  auto begun = now;
  BOOST_TEST(hold_since(1, "10.0.0.1", 500, begun).empty());
  BOOST_TEST(hold(2, "10.0.0.1", 400).empty());
  BOOST_TEST(hold_since(1, "10.0.0.1", 700, begun) == ids{1});
  BOOST_TEST(limit.taken() == 400u);
}

BOOST_AUTO_TEST_CASE(many_sources_cannot_displace_a_large_new_frame) {
  for (std::uint64_t i = 1; i < 100; ++i)
    BOOST_TEST(hold(i, "10.0.1." + std::to_string(i), 10).empty());
  now += 60s;
  auto gone = hold(100, "10.0.0.2", 500);
  BOOST_TEST(gone.size() == 49u);
  BOOST_TEST(gone.front() == 1u);
  BOOST_TEST(gone.back() == 49u);
}

BOOST_AUTO_TEST_CASE(a_source_that_keeps_its_frames_young_displaces_itself) {
  BOOST_TEST(hold(1, "10.0.0.1", 100).empty());
  now += 20s;
  for (std::uint64_t i = 2; i < 11; ++i)
    BOOST_TEST(hold(i, "10.0.0.2", 100).empty());
  BOOST_TEST(hold(11, "10.0.0.2", 100) == ids{2});
}

BOOST_AUTO_TEST_CASE(frames_of_one_time_differ_by_their_sources) {
  BOOST_TEST(hold_since(1, "10.0.0.1", 300, now).empty());
  BOOST_TEST(hold_since(2, "10.0.0.2", 400, now).empty());
  BOOST_TEST(hold_since(3, "10.0.0.1", 301, now) == ids{1});
}

BOOST_AUTO_TEST_CASE(an_ipv6_64_is_one_source) {
  BOOST_TEST(hold_since(1, "10.0.0.1", 400, now).empty());
  BOOST_TEST(hold_since(2, "2001:db8::1", 300, now).empty());
  BOOST_TEST(hold_since(3, "2001:db8::2", 300, now).empty());
  BOOST_TEST(hold_since(4, "2001:db8:0:1::2", 1, now) == ids{2});
}

BOOST_AUTO_TEST_SUITE_END()
