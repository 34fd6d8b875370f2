#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/private_mounts.hpp"
#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/skipping.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node whose log is on a full disk.
namespace {

constexpr seconds bound{20};
std::string host(std::uint64_t number) {
  return "127.79.0." + std::to_string(number);
}

std::string contents(const std::string& file) {
  std::ostringstream result;
  result << std::ifstream{file}.rdbuf();
  return result.str();
}

struct full_disk {
  small_disk disk{64};
  std::string log = disk.path("log");
  real_mesh mesh;

  /// Starts three nodes. The second writes its log to the disk, either on
  /// standard error or into a file that it opens.
  void start(const std::string& errors, const std::string& log_file) {
    for (auto x : range(1, 3)) {
      node_setup setup{x, host(x), 6783, {host(1)}, watchful_options(), {}};
      if (x == 2)
        setup.errors = errors;
      if (x == 2 && !log_file.empty())
        setup.options.push_back("--log-file=" + log_file);
      mesh.start(std::move(setup));
    }
    mesh.increment(mesh.all());
    BOOST_TEST_REQUIRE(mesh.agree(bound).has_value());
  }
  /// Kills and restarts the third node, so that the other nodes log this.
  /// Increments the counter only on those nodes, because an increment just
  /// before a kill may be lost.
  void cause_log_lines(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      mesh.kill({3});
      mesh.restart(3);
      BOOST_TEST_REQUIRE(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
      mesh.increment({1, 2});
    }
    BOOST_TEST(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  }
  /// Checks that the node works while the disk is full, and that it logs again
  /// once there is room.
  void fill_and_free(const std::string& how) {
    BOOST_TEST(contents(log).find("connected") != std::string::npos);
    disk.fill("log");
    const auto written = contents(log).size();
    auto before = mesh.held_at_rest();
    before.erase(3);
    cause_log_lines(2);
    BOOST_TEST(contents(log).size() == written);
    disk.make_room();
    cause_log_lines(1);
    BOOST_TEST(contents(log).find("connected", written) != std::string::npos,
               contents(log));
    BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
    note("a full disk for the log, by " + how + ": "
         + growth(before, mesh.held()));
  }
};

bool is_possible(boost::unit_test::test_unit_id) {
  return have_private_mounts()
         || skip("a disk to fill takes root, for mounting");
}

} // namespace

BOOST_AUTO_TEST_SUITE(full_disk_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_FIXTURE_TEST_CASE(standard_error_on_a_full_disk_stops_no_node,
                        full_disk) {
  start(log, "");
  fill_and_free("standard error");
}

BOOST_FIXTURE_TEST_CASE(a_log_file_on_a_full_disk_stops_no_node, full_disk) {
  start("/dev/null", log);
  fill_and_free("a file of its own");
}

BOOST_FIXTURE_TEST_CASE(a_device_that_is_always_full_stops_no_node, full_disk) {
  start("/dev/full", "/dev/full");
  cause_log_lines(2);
}

BOOST_AUTO_TEST_SUITE_END()
