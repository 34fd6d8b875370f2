#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/scenarios/real_node.hpp"

/// Meshes of real nodes, and what tests say of them. Nodes go by their numbers.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The smallest actor has more than 256 bytes, each dial that was under way keeps
// a timer for 30 s, threads keep some tens of KiB for their next allocations.
constexpr std::size_t worth_noticing = 256 * 1024;

using numbers = std::vector<std::uint64_t>;

/// `first`, `first + 1`, … `last`
numbers range(std::uint64_t first, std::uint64_t last);

/// Nodes that all are to be connected to all others.
class real_mesh {
public:
  void start(node_setup setup);
  /// Kills all of these at the same time, then waits for their ends.
  void kill(const numbers& which);
  /// With the setup that it had.
  void restart(std::uint64_t which);
  real_node& operator[](std::uint64_t which);
  /// Those that live.
  numbers all() const;

  /// How often each of these is to be incremented; the sum counts from then on.
  void increment(const numbers& which, int times = 1);
  /// Of all increments.
  std::int64_t sum() const noexcept {
    return sum_;
  }

  /// Waits until all of these report the same peers, themselves and nobody
  /// else, each connected to all others, and all the same count, and stay with
  /// it for a second.
  /// @returns after what time that began, or nothing if it did not within
  ///          `bound`.
  std::optional<milliseconds> agree(const numbers& which, std::int64_t count,
                                    milliseconds bound);
  std::optional<milliseconds> agree(milliseconds bound) {
    return agree(all(), sum_, bound);
  }
  /// What they say that do not agree.
  std::string views(const numbers& which);

  /// What each of those that live holds.
  std::map<std::uint64_t, holdings> held();
  /// The same once each has all the actors that its neighbours take: senders
  /// come with what there is to send.
  /// @throws std::runtime_error if that is not so within a minute.
  std::map<std::uint64_t, holdings> held_at_rest();
  /// Waits until those of `before` have as many actors, descriptors and threads
  /// as then, and no more heap than is worth noticing.
  /// @returns what they have more, if they still do after `bound`; else nothing.
  std::string leaked_since(const std::map<std::uint64_t, holdings>& before,
                           milliseconds bound);

private:
  std::string view(const numbers& which, std::int64_t count);

  std::map<std::uint64_t, std::unique_ptr<real_node>> nodes_;
  std::map<std::uint64_t, node_setup> setups_;
  std::int64_t sum_ = 0;
};

/// Sets a figure down, to be printed when the program ends.
void note(const std::string& figure);

/// How the heaps and what is resident grew, and what the largest node holds.
std::string growth(const std::map<std::uint64_t, holdings>& before,
                   const std::map<std::uint64_t, holdings>& after);

} // namespace cafmesh::test
