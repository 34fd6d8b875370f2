#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/liar.hpp"
#include "tests/scenarios/seeded_mesh.hpp"
#include "tests/support/event_lines.hpp"
#include <cafmesh/replicated.hpp>

namespace cafmesh::test {

/// The figures of one schedule, or the sums and maxima over several.
struct lying_figures {
  std::size_t schedules = 0;
  std::size_t acts = 0;
  std::size_t checks = 0;
  std::size_t peers = 0;    ///< peers that one node knows
  std::size_t waiting = 0;  ///< bytes that wait for one connection
  std::size_t actors = 0;   ///< actors added since the liar came
  std::uint64_t turns = 0;  ///< actor turns that follow one act
  std::size_t bytes = 0;    ///< sent by honest nodes after one act
  std::size_t answered = 0; ///< bytes sent to the liar after one act
  std::size_t lines = 0;    ///< one node's log lines after one act
  std::size_t looped = 0;   ///< messages dropped in routing loops
  unsigned recovery = 0;    ///< virtual seconds until all agreed

  void add(const lying_figures& x);
};

/// One random schedule. A hostile peer sends forged messages to a mesh of 3 to
/// 6 honest nodes, while these nodes change their values. Then the hostile peer
/// is silent, and then it leaves. The seed determines everything that happens.
class lying_walk : public seeded_mesh {
public:
  explicit lying_walk(std::uint64_t seed);
  ~lying_walk();

  /// Runs the schedule.
  /// @returns the first failure; empty if all checks passed
  std::string run_schedule();

  lying_figures figures;

private:
  // All nodes must agree within this time after the last forged message. It
  // allows 10 s for two gossip intervals and 5 s for announcements, which each
  // node may delay by a second.
  static constexpr auto time_to_agree = seconds{15};
  // The channels on which each node gossips a state, even if it is empty.
  static inline const std::vector<std::string> channels{"chan", "count", "map",
                                                        "set", "topology"};

  struct values {
    replicated_actor<grow_counter> count;
    replicated_actor<lww_map> map;
    replicated_actor<observed_remove_set> set;
    std::shared_ptr<event_lines> events;
  };
  using link = std::pair<char, char>; // node and neighbour
  /// What happened from the start until some moment, or during one act.
  struct amounts {
    std::size_t told = 0;     // bytes that the liar sent
    std::size_t said = 0;     // its messages and dials
    std::size_t digests = 0;  // that the liar sent
    std::size_t outlines = 0; // that the liar sent
    std::uint64_t turns = 0;
    std::size_t between = 0; // bytes from honest nodes to honest nodes
    std::size_t to_liar = 0; // bytes from honest nodes to the liar
  };
  /// The messages that a node has received.
  struct arrivals {
    std::size_t broadcasts = 0;
    std::size_t gossips = 0;
    std::size_t unicasts = 0;
  };

  // -- the schedule
  void begin_life(char who);
  void connect_all();
  bool lie_for_a_while();
  bool act();
  bool be_silent();
  bool leave();
  void change_something();

  // -- checks
  bool check_honest_links();
  bool check_sizes();
  bool check_work(const amounts& before, const std::vector<std::size_t>& lines);
  bool check_bytes(const amounts& act);
  bool check_same_views();
  std::string difference_of_views();
  bool check_changes_arrive();
  bool check_values_agree();
  bool check_quiet();
  bool check_broadcasts();
  bool wait_for_agreement();
  bool agree();

  // -- helpers
  template <class V>
  auto value_of(const replicated_actor<V>& who) {
    return *ask<snapshot<V>>(who, get_value<V>{}).value;
  }
  void write(char who, const std::string& word);
  void fill_map();
  std::string expected_topology() const;
  amounts count_all();
  std::vector<std::size_t> log_sizes();
  arrivals received(char who);
  peer_uid uid_of(char who);

  std::map<char, values> values_;
  std::set<link> links_;
  std::map<link, std::string> honest_ids_; // ID of each connection
  std::size_t actors_ = 0;                 // the number before the liar came
  std::unique_ptr<liar> liar_;
  std::size_t told_last_ = 0; // what the liar sent in its previous act
  std::size_t waits_ = 0;    // bytes that waited for connections after that act
  std::size_t map_size_ = 0; // in bytes, approximately
};

} // namespace cafmesh::test
