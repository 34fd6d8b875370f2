#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// The microbenchmarks: each case measures one piece of pure code.
namespace bench {

/// Does the same work at each call. The result depends on all of the work, so
/// that the compiler cannot leave out any part.
using round_of_work = std::function<std::uint64_t()>;

/// A measurement of one piece of pure code.
struct micro_case {
  std::string name;
  /// The messages, records or numbers per round, and the bytes per round.
  /// Either is 0 if it does not matter.
  std::size_t items;
  std::size_t bytes;
  /// Makes the input of the rounds and returns the work. Not measured.
  std::function<round_of_work()> prepare;
};

std::vector<micro_case> gob_cases();
std::vector<micro_case> message_cases();
std::vector<micro_case> sealing_cases();
std::vector<micro_case> link_cases();
std::vector<micro_case> topology_cases();
std::vector<micro_case> waiting_cases();

/// All cases, with unique names.
std::vector<micro_case> all_micro_cases();

} // namespace bench
