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

/// Runs one schedule for each of `usual_number` consecutive seeds. Stops after
/// three failures.
///
/// These environment variables change what is run. CAFMESH_SEED=N runs only the
/// schedule of seed N, and prints each of its steps. CAFMESH_SCHEDULES is the
/// number of schedules, and CAFMESH_FIRST_SEED the first seed.
/// @param run a function `std::string(std::uint64_t seed, std::string& story)`.
///        It returns the failure, or an empty text, and sets `story` to the
///        steps.
/// @returns false if CAFMESH_SEED was set
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
