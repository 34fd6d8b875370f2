#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What the benchmarks measure and report: times, memory, arrivals and
/// latencies.
namespace bench {

using steady = std::chrono::steady_clock;

/// Measures wall clock and CPU time since its construction. The CPU time is
/// that of all threads, user and system.
class stopwatch {
public:
  stopwatch();
  double seconds() const;
  double cpu_seconds() const;

private:
  steady::time_point started_;
  double cpu_started_;
};

/// Makes the allocator keep freed memory, as Go's runtime does. By default
/// glibc returns the memory of each batch to the system and gets it back page
/// by page, which dominates the measured times on a virtual machine.
void keep_memory();

/// The largest resident memory of this process so far, in KiB.
std::size_t peak_resident_kib();

/// Checks that messages arrive once each and in order, and that each has the
/// expected size.
class arrivals {
public:
  explicit arrivals(std::size_t expected_size) : size_(expected_size) {
  }

  /// Checks the next message.
  /// @returns whether it was the last message of the run.
  bool take(const std::uint8_t* data, std::size_t size);

  /// The result as JSON fields.
  /// @pre the last message was taken
  std::string summary() const;

private:
  std::size_t size_;
  std::uint64_t next_ = 0;
  std::uint64_t wrong_ = 0;
  stopwatch since_first_;
  double seconds_ = 0;
  double cpu_seconds_ = 0;
};

/// Median and tails of round trips, as JSON fields. Sorts its argument.
std::string describe_latencies(std::vector<std::uint32_t>& nanoseconds);

/// Prints one line of JSON: the event and fields.
void report(const std::string& event, const std::string& fields = {});

/// Returns when standard input ends, which it does when the parent process
/// closes it or ends.
void wait_for_end_of_input();

/// Starts a thread that ends the process when standard input ends.
void end_with_input();

} // namespace bench
