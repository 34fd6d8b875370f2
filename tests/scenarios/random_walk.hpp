#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/scenarios/seeded_mesh.hpp"
#include <cafmesh/replicated.hpp>

namespace cafmesh::test {

/// One random schedule of faults and changes in a mesh of 3 to 8 nodes. The
/// seed determines their order and delays. Afterwards all faults are repaired,
/// and the nodes must become one working mesh.
class random_walk : public seeded_mesh {
public:
  explicit random_walk(std::uint64_t seed);
  ~random_walk();

  /// Runs the schedule.
  /// @returns the first failure; empty if all checks passed
  std::string run_schedule();

  std::size_t steps = 0;
  std::size_t checks = 0;
  /// Virtual seconds from the repair of all faults until all nodes agree.
  unsigned recovery = 0;

private:
  using pair = std::pair<char, char>; // lower letter first
  using counter = replicated_actor<grow_counter>;

  // -- steps

  void step();
  void connect(char x, char y);
  void forget_one();
  void cut_one();
  void unplug_one();
  void partition();
  void isolate(char who, bool alone);
  void heal();
  void restart(char who, bool unseen);
  void count_up(char who);
  void say(char who);

  // -- checks

  bool check_counters();
  std::string repaired_topology() const;
  bool agree();
  bool wait_for_agreement();
  bool check_counts_after(const grow_counter::count_map& known);
  bool check_broadcasts();
  bool check_arrivals(const std::map<char, std::string>& words);

  void begin_life(char who);
  grow_counter::count_map counts_of(char who);
  char anybody() {
    return static_cast<char>('a' + below(size_));
  }
  char another(char than);
  pair any_pair();

  std::map<pair, char> dialled_; // which peer of each pair dials
  std::set<pair> unplugged_;
  std::map<char, counter> counters_;
  // What each node counted at the last check. A restart clears a node's entry.
  std::map<char, grow_counter::count_map> seen_;
  std::size_t words_ = 0;
};

} // namespace cafmesh::test
