#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "tests/support/mesh.hpp"
#include <cafmesh/replicated.hpp>

namespace cafmesh::test {

/// One schedule: a mesh of 3 to 8 nodes to which things happen, in an order and
/// with delays that follow from the seed alone; then everything is mended, and
/// it has to be one mesh that works.
class random_walk : public mesh {
public:
  explicit random_walk(std::uint64_t seed);
  ~random_walk();

  /// @returns what did not hold; nothing if all is well.
  std::string run_schedule();

  /// Things that happened, and times that something was looked at.
  std::size_t steps = 0;
  std::size_t checks = 0;
  /// Virtual time from the mending until all agree, in seconds.
  unsigned recovery = 0;
  /// What happened, a line a step.
  std::string story;

private:
  using pair = std::pair<char, char>; // lower letter first
  using counter = replicated_actor<grow_counter>;

  // -- what happens

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

  // -- what must hold

  bool check_counters();
  std::string mended() const;
  bool agree();
  bool wait_for_agreement();
  bool check_counts_after(const grow_counter::count_map& known);
  bool check_broadcasts();
  bool check_arrivals(const std::map<char, std::string>& words);

  void begin_life(char who);
  grow_counter::count_map counts_of(char who);
  bool fail(const std::string& what);
  void note(const std::string& what);
  std::size_t below(std::size_t limit) {
    return dice_() % limit;
  }
  char anybody() {
    return static_cast<char>('a' + below(size_));
  }
  char another(char than);
  pair any_pair();
  std::string letters() const;

  std::mt19937_64 dice_;
  std::size_t size_;
  bool discovery_;
  std::map<pair, char> dialled_; // who dialled
  std::set<pair> unplugged_;
  std::map<char, counter> counters_;
  std::map<char, grow_counter::count_map> seen_; // in this life
  std::size_t words_ = 0;
  std::string wrong_;
};

} // namespace cafmesh::test
