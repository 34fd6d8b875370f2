#include "tools/benchmarks/measure.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

#include "tools/benchmarks/stamp.hpp"

namespace bench {

namespace {

double cpu_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

stopwatch::stopwatch() : started_(steady::now()), cpu_started_(cpu_now()) {
}

double stopwatch::seconds() const {
  return std::chrono::duration<double>(steady::now() - started_).count();
}

double stopwatch::cpu_seconds() const {
  return cpu_now() - cpu_started_;
}

void keep_memory() {
  constexpr int enough = 64 * 1024 * 1024;
  mallopt(M_MMAP_THRESHOLD, enough);
  mallopt(M_TRIM_THRESHOLD, enough);
  mallopt(M_TOP_PAD, 1024 * 1024);
}

std::size_t peak_resident_kib() {
  // Does not use getrusage, because its figure would include the process that
  // started this one.
  std::ifstream in{"/proc/self/status"};
  std::string line;
  while (std::getline(in, line))
    if (line.rfind("VmHWM:", 0) == 0)
      return std::stoul(line.substr(6));
  return 0;
}

bool arrivals::take(const std::uint8_t* data, std::size_t size) {
  if (next_ == 0)
    since_first_ = stopwatch{};
  auto stamp = size < stamp_size ? ~std::uint64_t{0} : read_stamp(data);
  if (size != size_ || (stamp & ~last_mark) != next_)
    ++wrong_;
  ++next_;
  if (size < stamp_size || (stamp & last_mark) == 0)
    return false;
  seconds_ = since_first_.seconds();
  cpu_seconds_ = since_first_.cpu_seconds();
  return true;
}

std::string arrivals::summary() const {
  char text[160];
  std::snprintf(
    text, sizeof(text),
    "\"messages\":%llu,\"wrong\":%llu,\"seconds\":%.6f,\"cpu\":%.6f",
    static_cast<unsigned long long>(next_),
    static_cast<unsigned long long>(wrong_), seconds_, cpu_seconds_);
  return text;
}

std::string describe_latencies(std::vector<std::uint32_t>& nanoseconds) {
  std::sort(nanoseconds.begin(), nanoseconds.end());
  auto microseconds_at = [&](double share) {
    auto last = static_cast<double>(nanoseconds.size() - 1);
    auto at = static_cast<std::size_t>(share * last);
    return static_cast<double>(nanoseconds[at]) / 1e3;
  };
  if (nanoseconds.empty())
    return "\"messages\":0";
  char text[160];
  std::snprintf(text, sizeof(text),
                "\"messages\":%zu,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f",
                nanoseconds.size(), microseconds_at(0.5), microseconds_at(0.99),
                microseconds_at(0.999));
  return text;
}

void report(const std::string& event, const std::string& fields) {
  std::printf("{\"event\":\"%s\"%s%s}\n", event.c_str(),
              fields.empty() ? "" : ",", fields.c_str());
  std::fflush(stdout);
}

void wait_for_end_of_input() {
  char buffer[256];
  while (read(STDIN_FILENO, buffer, sizeof(buffer)) > 0)
    ;
}

void end_with_input() {
  std::thread{[] {
    wait_for_end_of_input();
    _exit(0);
  }}.detach();
}

} // namespace bench
