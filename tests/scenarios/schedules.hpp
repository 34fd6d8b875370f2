#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include <boost/test/unit_test.hpp>

namespace cafmesh::test {

inline std::uint64_t from_environment(const char* name,
                                      std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

/// Runs the schedules of consecutive seeds until three have failed.
///
/// These environment variables change what is run: CAFMESH_SEED=N runs the
/// schedule of that seed alone and prints its story; CAFMESH_SCHEDULES is the
/// number of schedules, and CAFMESH_FIRST_SEED the first seed.
/// @param run `std::string(std::uint64_t seed, std::string& story)`, which
///        returns the failure; empty if there is none.
/// @returns false if only the schedule of CAFMESH_SEED was run
template <class Run>
bool run_schedules(std::uint64_t usual_number, Run run) {
  auto passes = [&run](std::uint64_t seed, bool tell) {
    BOOST_TEST_INFO_SCOPE("CAFMESH_SEED=" << seed);
    std::string story;
    auto wrong = run(seed, story);
    if (tell)
      std::cout << story << std::flush;
    BOOST_TEST(wrong.empty(), "CAFMESH_SEED=" << seed << ": " << wrong << "\n"
                                              << story);
    return wrong.empty();
  };
  if (std::getenv("CAFMESH_SEED") != nullptr) {
    passes(from_environment("CAFMESH_SEED", 0), true);
    return false;
  }
  auto first = from_environment("CAFMESH_FIRST_SEED", 1);
  auto last = first + from_environment("CAFMESH_SCHEDULES", usual_number);
  auto failed = 0;
  for (auto seed = first; seed < last && failed < 3; ++seed)
    failed += passes(seed, false) ? 0 : 1;
  return true;
}

} // namespace cafmesh::test
