#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// The microbenchmarks. Each case measures one piece of code without sockets,
/// actors or threads.
namespace bench {

/// Does the same work at each call. The result depends on all of the work, so
/// that the compiler cannot leave out any part.
using round_of_work = std::function<std::uint64_t()>;

struct micro_case {
  std::string name;
  /// How many items (messages, records or numbers) and bytes each call
  /// processes; 0 if that figure is of no interest.
  std::size_t items;
  std::size_t bytes;
  /// Prepares the input, and returns the work to measure. The preparation
  /// itself is not measured.
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
