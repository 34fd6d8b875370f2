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

/// Helpers that build and check meshes of nodes in processes of their own.
/// Nodes are identified by numbers.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A heap that has grown by up to this many bytes has no leak: the timer of each
// dial takes memory for 30 s.
constexpr std::size_t harmless_growth = 192 * 1024;

using numbers = std::vector<std::uint64_t>;

/// The numbers `first`, `first + 1`, … `last`.
numbers range(std::uint64_t first, std::uint64_t last);

/// Nodes that should all be connected to each other.
class real_mesh {
public:
  void start(node_setup setup);
  /// Kills these nodes at the same time, then waits for their ends.
  void kill(const numbers& which);
  /// Starts a node with the setup that it had before.
  void restart(std::uint64_t which);
  real_node& operator[](std::uint64_t which);
  /// The nodes that are running.
  numbers all() const;

  /// Increments the counter on each of these nodes `times` times.
  void increment(const numbers& which, int times = 1);
  /// The number of increments so far, on all nodes.
  std::int64_t sum() const noexcept {
    return sum_;
  }

  /// Waits until these nodes agree for 2 s: each reports exactly these peers,
  /// all connected to each other, and the given count.
  /// @returns the time until the agreement began; nullopt if that exceeds
  ///          `bound`
  std::optional<milliseconds> agree(const numbers& which, std::int64_t count,
                                    milliseconds bound);
  std::optional<milliseconds> agree(milliseconds bound) {
    return agree(all(), sum_, bound);
  }
  /// The mesh as each of these nodes knows it, for the message of a failed
  /// test.
  std::string views(const numbers& which);

  /// The holdings of each running node, by its number.
  std::map<std::uint64_t, holdings> held();
  /// Waits until no node has more actors than the running nodes account for.
  /// @returns the holdings of each running node, by its number
  /// @throws std::runtime_error if that takes more than a minute
  std::map<std::uint64_t, holdings> held_at_rest();
  /// Waits until the nodes have no more actors than the running nodes account
  /// for, the same numbers of descriptors and threads as in `before`, and heaps
  /// that have grown by less than `harmless_growth`.
  /// @returns the differences that are left after `bound`; empty if there are
  ///          none
  std::string leaked_since(const std::map<std::uint64_t, holdings>& before,
                           milliseconds bound);

private:
  std::string view(const numbers& which, std::int64_t count);
  std::size_t most_actors() const;

  std::map<std::uint64_t, std::unique_ptr<real_node>> nodes_;
  std::map<std::uint64_t, node_setup> setups_;
  std::int64_t sum_ = 0;
};

/// Records a figure, to be printed when the program ends.
void note(const std::string& figure);

/// Describes the growth of heaps and resident memory, and the holdings of the
/// largest node.
std::string growth(const std::map<std::uint64_t, holdings>& before,
                   const std::map<std::uint64_t, holdings>& after);

} // namespace cafmesh::test
