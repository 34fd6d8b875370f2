#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include "tools/benchmarks/micro/cases.hpp"

// Runs one case a given number of times, for tools/instructions.

namespace bench {

// Must not be inlined, because tools/instructions finds this function by its
// name and counts only within it.
[[gnu::noinline]] std::uint64_t counted_rounds(const round_of_work& work,
                                               unsigned long rounds) {
  std::uint64_t result = 0;
  for (unsigned long i = 0; i < rounds; ++i)
    result += work();
  return result;
}

namespace {

int run(const std::string& name, unsigned long rounds) {
  auto cases = all_micro_cases();
  auto found = std::find_if(cases.begin(), cases.end(),
                            [&](auto& x) { return x.name == name; });
  if (found == cases.end())
    throw std::invalid_argument("there is no case '" + name + "'");
  auto work = found->prepare();
  // The first rounds fill caches and buffers, so they are not counted.
  for (int i = 0; i < 3; ++i)
    work();
  std::cout << counted_rounds(work, rounds) << std::endl;
  return 0;
}

} // namespace

} // namespace bench

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::strcmp(argv[1], "--build") == 0) {
      std::cout << BENCH_BUILD << std::endl;
      return 0;
    }
    if (argc == 3)
      return bench::run(argv[1], std::stoul(argv[2]));
    std::cerr << "bench_instructions CASE ROUNDS | --build" << std::endl;
  } catch (const std::exception& why) {
    std::cerr << "bench_instructions: " << why.what() << std::endl;
  }
  return 2;
}
