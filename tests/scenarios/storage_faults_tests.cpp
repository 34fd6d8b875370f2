#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/forked.hpp"
#include "tests/scenarios/private_mounts.hpp"
#include "tests/scenarios/real_node.hpp"
#include "tests/scenarios/scratch_folder.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/skipping.hpp"
#include <cafmesh/storage.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using std::chrono::milliseconds;

// Tests of counters that are stored in files, when a process is killed or a
// disk is full or read-only.
namespace {

node_setup with_file(const std::string& file, std::uint64_t number = 1) {
  node_setup result;
  result.number = number;
  result.host = "127.83.0." + std::to_string(number);
  result.options = {"--store=" + file};
  return result;
}

bool begins_with(const std::string& x, const std::string& prefix) {
  return x.compare(0, prefix.size(), prefix) == 0;
}

bool has(const std::string& x, const std::string& part) {
  return x.find(part) != std::string::npos;
}

/// Makes durable increments until the node is killed, after `how_long`.
/// @returns the last count that the node reported
std::int64_t increment_until_killed(real_node& node, milliseconds how_long) {
  std::thread killer{[&] {
    std::this_thread::sleep_for(how_long);
    node.kill();
  }};
  std::int64_t acknowledged = 0;
  try {
    for (;;)
      acknowledged = std::stoll(node.ask("increment durably"));
  } catch (const std::exception&) {
    // The node has been killed.
  }
  killer.join();
  return acknowledged;
}

/// Stores numbered messages in a file until the process is killed. From time to
/// time, one message replaces all earlier ones. Writes each number to the
/// descriptor `said` once it is on disk.
bool write_numbers(const std::string& file, std::uint64_t from, int said) {
  const auto storage = make_sqlite_storage(file);
  if (storage->load("numbers",
                    [](byte_view, wall_time) { return caf::error{}; }))
    return false;
  for (auto x = from;; ++x) {
    bytes block(100'000, static_cast<std::uint8_t>(x));
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&x), sizeof x,
                block.begin());
    const std::vector<payload> messages{payload{std::move(block)}};
    const auto now = std::chrono::system_clock::now();
    if (x % 7 == 0 ? storage->replace(messages, now, true)
                   : storage->append(messages, now, true))
      return false;
    if (::write(said, &x, sizeof x) != sizeof x)
      return false;
  }
}

std::uint64_t last_number(const std::string& file) {
  std::uint64_t result = 0;
  const auto storage = make_sqlite_storage(file);
  const auto why = storage->load("numbers", [&](byte_view x, wall_time) {
    std::copy_n(x.begin(), sizeof result,
                reinterpret_cast<std::uint8_t*>(&result));
    return caf::error{};
  });
  BOOST_TEST(!why);
  return result;
}

bool can_mount(boost::unit_test::test_unit_id) {
  return have_private_mounts()
         || skip("a disk to fill takes root, for mounting");
}

} // namespace

BOOST_AUTO_TEST_SUITE(storage_faults_tests)

BOOST_AUTO_TEST_CASE(no_acknowledged_increment_is_lost_by_20_kills) {
  scratch_folder folder;
  const auto setup = with_file(folder.path("count"));
  std::mt19937_64 rng{1};
  std::int64_t acknowledged = 0;
  for (int i = 0; i < 20; ++i) {
    real_node node{setup};
    const auto stored = node.count();
    BOOST_TEST(node.ask("storage") == "working none");
    BOOST_TEST(stored >= acknowledged);
    BOOST_TEST(stored <= acknowledged + 1); // at most one unacknowledged
    acknowledged = increment_until_killed(node, milliseconds{20 + rng() % 200});
    BOOST_TEST(acknowledged > stored);
  }
  std::cout << "figure: 20 kills during durable increments: none of "
            << acknowledged << " lost" << std::endl;
}

BOOST_AUTO_TEST_CASE(no_acknowledged_message_is_lost_by_20_kills) {
  scratch_folder folder;
  const auto file = folder.path("numbers");
  std::mt19937_64 rng{2};
  std::uint64_t acknowledged = 0;
  for (int i = 0; i < 20; ++i) {
    int said[2];
    BOOST_TEST_REQUIRE(::pipe(said) == 0);
    {
      forked child{[&] {
        return write_numbers(file, acknowledged + 1, said[1]);
      }};
      std::this_thread::sleep_for(milliseconds{20 + rng() % 100});
    }
    ::close(said[1]);
    while (::read(said[0], &acknowledged, sizeof acknowledged)
           == sizeof acknowledged)
      continue;
    ::close(said[0]);
    const auto stored = last_number(file);
    BOOST_TEST(stored >= acknowledged);
    BOOST_TEST(stored <= acknowledged + 1);
    acknowledged = stored;
  }
  BOOST_TEST(acknowledged > 20u);
}

BOOST_AUTO_TEST_CASE(increments_before_an_orderly_stop_are_stored) {
  scratch_folder folder;
  const auto setup = with_file(folder.path("count"));
  {
    real_node node{setup};
    for (int i = 0; i < 100; ++i)
      node.increment();
    BOOST_TEST(node.end(patience).has_value());
  }
  real_node node{setup};
  BOOST_TEST(node.count() == 100);
}

BOOST_AUTO_TEST_CASE(a_file_that_another_process_uses_is_left_to_it) {
  scratch_folder folder;
  const auto file = folder.path("count");
  real_node first{with_file(file, 1)};
  first.ask("increment durably");
  real_node second{with_file(file, 2)};
  const auto found = second.ask("storage");
  BOOST_TEST(begins_with(found, "unusable storage_failed: " + file), found);
  BOOST_TEST(has(found, "another process or another value uses it"), found);
  BOOST_TEST(second.increment() == 1);
  BOOST_TEST(second.ask("increment durably") == "-1");
  BOOST_TEST(first.ask("increment durably") == "2");
  BOOST_TEST(first.ask("storage") == "working none");
}

BOOST_AUTO_TEST_CASE(a_file_with_junk_is_left_as_it_is) {
  scratch_folder folder;
  const auto file = folder.path("count");
  std::ofstream{file} << "not a database, but something that somebody needs";
  real_node node{with_file(file)};
  BOOST_TEST(begins_with(node.ask("storage"), "unusable"));
  BOOST_TEST(node.increment() == 1);
  std::string content;
  std::getline(std::ifstream{file}, content);
  BOOST_TEST(content == "not a database, but something that somebody needs");
}

BOOST_AUTO_TEST_CASE(a_full_disk_delays_changes_until_there_is_room,
                     *boost::unit_test::precondition(can_mount)) {
  small_disk disk{256};
  const auto setup = with_file(disk.path("count"));
  std::int64_t count = 0;
  {
    real_node node{setup};
    node.ask("increment durably");
    disk.fill("none");
    while (node.ask("increment durably") != "-1")
      continue;
    BOOST_TEST(begins_with(node.ask("storage"), "failing storage_failed"));
    count = node.increment();
    ::unlink(disk.path("none").c_str());
    disk.make_room();
    BOOST_TEST(
      eventually([&] { return node.ask("storage") == "working none"; }));
    BOOST_TEST(node.count() == count);
    node.kill();
  }
  real_node node{setup};
  BOOST_TEST(node.count() == count);
}

BOOST_AUTO_TEST_CASE(a_read_only_disk_is_said,
                     *boost::unit_test::precondition(can_mount)) {
  small_disk disk{256};
  const auto setup = with_file(disk.path("count"));
  {
    real_node node{setup};
    node.ask("increment durably");
    node.end(patience);
  }
  disk.make_read_only();
  real_node node{setup};
  const auto found = node.ask("storage");
  BOOST_TEST(begins_with(found, "unusable"), found);
  BOOST_TEST(has(found, "read-only"), found);
  BOOST_TEST(node.increment() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
