#include "tools/benchmarks/micro/cases.hpp"

#include <iterator>
#include <utility>

namespace bench {

std::vector<micro_case> all_micro_cases() {
  std::vector<micro_case> result;
  for (auto family : {gob_cases, message_cases, sealing_cases, link_cases,
                      topology_cases, waiting_cases}) {
    auto cases = family();
    result.insert(result.end(), std::make_move_iterator(cases.begin()),
                  std::make_move_iterator(cases.end()));
  }
  return result;
}

} // namespace bench
