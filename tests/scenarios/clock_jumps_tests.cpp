#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/real_mesh.hpp"
#include "tests/scenarios/scratch_folder.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests with wall clocks that jump, and with processes that are suspended.
namespace {

std::string host(std::uint64_t number) {
  return "127.78.0." + std::to_string(number);
}

/// Changes the wall clock of processes with libfaketime, which reads the offset
/// from a file each time a process reads the clock.
class fake_clock {
public:
  fake_clock() {
    set_offset(seconds{0});
  }
  std::vector<std::string> launcher() const {
    return {"/usr/bin/env",          "LD_PRELOAD=" CAFMESH_FAKETIME,
            "FAKETIME_NO_CACHE=1",   "DONT_FAKE_MONOTONIC=1",
            "FAKETIME_DONT_RESET=1", "FAKETIME_TIMESTAMP_FILE=" + file_};
  }
  /// Sets the offset. Replaces the file atomically, because a process may read
  /// it at any time.
  void set_offset(seconds by) const {
    const auto next = file_ + ".next";
    std::ofstream{next} << (by.count() < 0 ? "" : "+") << by.count() << '\n';
    std::rename(next.c_str(), file_.c_str());
  }

private:
  scratch_folder folder_;
  std::string file_ = folder_.path("clock");
};

struct three_nodes {
  fake_clock clock;
  real_mesh mesh;

  /// Starts three nodes. The second one has the fake clock.
  void start() {
    for (auto x : range(1, 3))
      mesh.start({x,
                  host(x),
                  6783,
                  {host(1)},
                  watchful_options(),
                  x == 2 ? clock.launcher() : std::vector<std::string>{}});
    mesh.increment(mesh.all());
    BOOST_TEST_REQUIRE(mesh.agree(bound).has_value());
  }
  /// How far the second node's wall clock is ahead of the first node's.
  seconds ahead() {
    const auto ours = mesh[1].read_clocks();
    const auto theirs = mesh[2].read_clocks();
    BOOST_TEST((theirs.monotonic - ours.monotonic < seconds{5}));
    return std::chrono::round<seconds>(theirs.wall - ours.wall);
  }
  /// Sets the clock, then runs the mesh for longer than nodes tolerate silence.
  /// There is no traffic in the first second, because traffic would hide a
  /// wrong timeout.
  void jump(seconds by) {
    clock.set_offset(by);
    BOOST_TEST(std::abs((ahead() - by).count()) <= 2);
    std::this_thread::sleep_for(seconds{1});
    for (int i = 0; i < 5; ++i) {
      mesh.increment(mesh.all());
      std::this_thread::sleep_for(milliseconds{200});
    }
    BOOST_TEST(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  }

  static constexpr seconds bound{20};
};

constexpr seconds day{86'400};
} // namespace

BOOST_FIXTURE_TEST_SUITE(clock_jumps_tests, three_nodes)

BOOST_AUTO_TEST_CASE(a_wall_clock_that_jumps_by_a_day_closes_no_connection) {
  start();
  const auto topology = mesh[1].topology();
  const auto before = mesh.held_at_rest();
  for (auto by : {day, -day, seconds{0}, 365 * day, seconds{0}})
    jump(by);
  // The topology includes the versions of records, which rise when a connection
  // changes.
  BOOST_TEST(mesh[1].topology() == topology, mesh.views(mesh.all()));
  BOOST_TEST(mesh.leaked_since(before, seconds{10}) == "");
  note("a wall clock set by a day and a year, forth and back: no connection "
       "changed");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_CASE(a_suspended_process_rejoins_within_seconds) {
  start();
  const auto before = mesh.held_at_rest();
  mesh[3].freeze();
  mesh.increment({1, 2}, 3);
  const auto missed = mesh.agree({1, 2}, mesh.sum(), bound);
  BOOST_TEST(missed.has_value(), mesh.views({1, 2}));
  mesh[3].go_on();
  const auto back = mesh.agree(bound);
  BOOST_TEST_REQUIRE(back.has_value(), mesh.views(mesh.all()));
  mesh.increment(mesh.all());
  BOOST_TEST(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("a process that stood still was missed by all after "
       + std::to_string(missed->count()) + " ms; all agreed "
       + std::to_string(back->count()) + " ms after it went on");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
