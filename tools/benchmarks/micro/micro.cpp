#include <benchmark/benchmark.h>

#include "tools/benchmarks/micro/cases.hpp"

// Runs all cases with Google Benchmark; `--help` lists its options.

namespace {

void measure(benchmark::State& state, const bench::micro_case& x) {
  auto work = x.prepare();
  for (auto _ : state)
    benchmark::DoNotOptimize(work());
  auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(x.items));
  if (x.bytes != 0)
    state.SetBytesProcessed(rounds * static_cast<std::int64_t>(x.bytes));
}

} // namespace

int main(int argc, char** argv) {
  for (auto& x : bench::all_micro_cases())
    benchmark::RegisterBenchmark(
      x.name.c_str(), [x](benchmark::State& state) { measure(state, x); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
