#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

/// Wall clock and CPU time (user and system, all threads) since it was made.
class stopwatch {
public:
  stopwatch();
  double seconds() const;
  double cpu_seconds() const;

private:
  steady::time_point started_;
  double cpu_started_;
};

/// Has the allocator keep what is given back to it. By default glibc returns
/// each batch's memory to the system and gets it back page by page: on a
/// virtual machine that was two thirds of sending 1 KiB, and two fifths of
/// encoding a topology. Go's runtime keeps its memory as well. The README
/// advises it to applications.
void keep_memory();

/// The most resident memory that this process has had so far.
std::size_t peak_resident_kib();

/// Checks what arrives: every number once and in order, every size right.
class arrivals {
public:
  explicit arrivals(std::size_t expected_size) : size_(expected_size) {
  }

  /// @returns whether it was the last message of the run.
  bool take(const std::uint8_t* data, std::size_t size);

  /// The result as JSON fields; of no use before the last message.
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

/// Returns when standard input ends, as it does when whoever started us is
/// done, or gone.
void wait_for_end_of_input();

/// Ends the process then, from a thread of its own: for those who wait for
/// something else.
void end_with_input();

} // namespace bench
