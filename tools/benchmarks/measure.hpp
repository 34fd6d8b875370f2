#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Measurements for benchmarks, and their output as JSON.
namespace bench {

using steady = std::chrono::steady_clock;

/// Measures wall-clock time and CPU time since its construction. CPU time is
/// the user and system time of all threads of this process.
class stopwatch {
public:
  stopwatch();
  double seconds() const;
  double cpu_seconds() const;

private:
  steady::time_point started_;
  double cpu_started_;
};

/// Stops glibc from returning freed memory to the system. By default, glibc
/// unmaps and maps memory for each batch of messages, and the page faults
/// dominate the measured times. Go's runtime keeps its memory, too.
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

/// The median and the high percentiles of latencies, as JSON fields. Sorts its
/// argument.
std::string describe_latencies(std::vector<std::uint32_t>& nanoseconds);

/// Prints one line of JSON to standard output: the name of the event, then the
/// fields.
void report(const std::string& event, const std::string& fields = {});

/// Blocks until standard input ends. The parent process closes the pipe to
/// standard input to stop this process.
void wait_for_end_of_input();

/// Starts a thread that ends the process when standard input ends.
void end_with_input();

} // namespace bench
