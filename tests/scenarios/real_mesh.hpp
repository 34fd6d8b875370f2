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

/// Helpers that run each node of a mesh in a process of its own. Nodes are
/// identified by numbers.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Growth of a heap by up to this many bytes does not count as a leak. Each dial
// starts a timer, which takes memory for 30 s.
constexpr std::size_t harmless_growth = 192 * 1024;

using numbers = std::vector<std::uint64_t>;

numbers range(std::uint64_t first, std::uint64_t last);

/// Nodes that should all be connected to each other.
class real_mesh {
public:
  void start(node_setup setup);
  /// Kills all of these nodes, and then waits until they have ended.
  void kill(const numbers& which);
  /// Starts a node with the setup that it had before.
  void restart(std::uint64_t which);
  real_node& operator[](std::uint64_t which);
  numbers all() const;

  /// Waits until node `which` finds `count` actors that are named `name`. From
  /// then on, the node sends its `add` commands to the nearest of these actors.
  bool finds(std::uint64_t which, const std::string& name, std::size_t count);

  void increment(const numbers& which, int times = 1);
  /// The number of increments so far, over all nodes.
  std::int64_t sum() const noexcept {
    return sum_;
  }

  /// Waits until these nodes have agreed for 2 s. They agree if each reports
  /// exactly these peers, all connected to each other, and the given count.
  /// @returns the time until the agreement began; nullopt if that exceeds
  ///          `bound`
  std::optional<milliseconds> agree(const numbers& which, std::int64_t count,
                                    milliseconds bound);
  std::optional<milliseconds> agree(milliseconds bound) {
    return agree(all(), sum_, bound);
  }
  /// How each of these nodes sees the mesh, for the message of a failed test.
  std::string views(const numbers& which);

  /// The actors, memory and so on of each running node, by its number.
  std::map<std::uint64_t, holdings> held();
  /// Waits until no node has more actors than it needs for the nodes that run
  /// now, and no descriptor has been opened or closed for 4 s.
  /// @returns the holdings of each running node, by its number
  /// @throws std::runtime_error if that takes more than a minute
  std::map<std::uint64_t, holdings> held_at_rest();
  /// Waits until each node has released what it took since `before`. This is
  /// the case when the node has no more actors than it needs, as many
  /// descriptors and threads as before, and a heap that has grown by at most
  /// `harmless_growth`.
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

/// Records a line of measured figures, to be printed when the program ends.
void note(const std::string& figure);

/// Describes the growth of the heaps and of resident memory, and what the node
/// with the most resident memory holds.
std::string growth(const std::map<std::uint64_t, holdings>& before,
                   const std::map<std::uint64_t, holdings>& after);

} // namespace cafmesh::test
