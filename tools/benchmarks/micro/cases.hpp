#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// The same work at each call. What it returns depends on all of it, so that no
/// compiler leaves any out.
using round_of_work = std::function<std::uint64_t()>;

/// A piece of pure code that is measured by itself.
struct micro_case {
  std::string name;
  /// What one round gets through: messages, records, numbers; and bytes, 0
  /// where they are not the point.
  std::size_t items;
  std::size_t bytes;
  /// Makes what a round needs, which is not measured.
  std::function<round_of_work()> prepare;
};

std::vector<micro_case> gob_cases();
std::vector<micro_case> message_cases();
std::vector<micro_case> sealing_cases();
std::vector<micro_case> link_cases();
std::vector<micro_case> topology_cases();
std::vector<micro_case> waiting_cases();

/// All of them. Names are unique.
std::vector<micro_case> all_micro_cases();

} // namespace bench
