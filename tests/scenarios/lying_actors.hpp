#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/scenarios/actor_lies.hpp"
#include "tests/support/actor_machines.hpp"
#include "tests/support/stranger.hpp"

namespace cafmesh::test {

/// The figures of one schedule, or the sums and maxima over several.
struct actor_lie_figures {
  std::size_t schedules = 0;
  std::size_t acts = 0;
  std::size_t sessions = 0; ///< that the liar had with honest nodes
  std::uint64_t turns = 0;  ///< actor turns that follow one act
  std::size_t bytes = 0;    ///< between honest nodes after one act
  std::size_t to_liar = 0;  ///< bytes sent to the liar after one act
  std::size_t lines = 0;    ///< one node's log lines after one act
  std::size_t waiting = 0;  ///< bytes that wait for one connection
  std::size_t heap = 0;     ///< bytes more than before the liar came
  std::size_t actors = 0;   ///< actors more than before the liar came
  milliseconds slowest{};   ///< until the answer to a request
  std::size_t quiet = 0;    ///< bytes in a minute after the liar has left

  void add(const actor_lie_figures& x);
};

/// One random schedule. Nodes in a line publish actors and use each other's. A
/// liar that is connected to some of the nodes sends arbitrary messages about
/// names and actors. Another neighbour of one node is slow and does not read
/// for a while. The seed determines everything that happens.
class lying_actors : public actor_machines {
public:
  explicit lying_actors(std::uint64_t seed);
  ~lying_actors();

  /// @returns the first failure; empty if all checks passed
  std::string run_schedule();

  actor_lie_figures figures;
  std::string story;

private:
  struct amounts {
    std::uint64_t turns = 0;
    std::size_t between = 0; // bytes from honest nodes to honest nodes
    std::size_t to_liar = 0;
    std::size_t told = 0; // bytes that the liar sent
    std::size_t messages = 0;
    std::vector<std::size_t> lines; // of each node's log
  };
  /// An honest node's handle of another one's actor, and the reasons of its
  /// down messages.
  struct use {
    char from;
    char to;
    caf::actor handle;
    std::shared_ptr<std::vector<caf::error>> downs;
  };

  // -- the schedule
  void build();
  bool act();
  void connect_liar(char to);
  void tell(char to, wire::message_tag tag, const std::string& channel,
            const bytes& data, peer_name source, peer_name destination);
  void talk_of_names(char to);
  void talk_to_actors(char to);
  void talk_of_lives(char to);
  void answer_packets();
  void toggle_slow_neighbour();
  void listen();

  // -- checks
  bool check_handles();
  bool check_use();
  bool check_work(const amounts& before);
  bool check_waiting();
  bool check_names();
  bool check_quiet();

  // -- helpers
  amounts count_all();
  std::size_t running();
  std::string finders(char where);
  std::string answer_of(const use& x);
  bool fail(const std::string& what);
  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }

  std::mt19937_64 rng_;
  std::string letters_;
  std::map<char, directory_actor> names_;
  std::map<char, caf::actor> adders_;
  std::vector<use> uses_;
  std::unique_ptr<actor_lies> lies_;
  std::map<char, std::unique_ptr<stranger>> liar_; // by neighbour
  std::map<char, std::uint64_t> tokens_; // that nodes have told the liar
  std::unique_ptr<stranger> slow_;
  bool slow_reads_ = true;
  // Whether the liar forges records of peers. Until the peers have replaced the
  // forged records with newer ones, routes may be wrong. Handles may then be
  // down, and requests may fail.
  bool forges_records_;
  std::uint64_t own_version_ = 1; // of the liar's record
  std::size_t told_ = 0;
  std::size_t messages_ = 0;
  std::size_t unread_ = 0; // what waited for the liar and the slow neighbour
  std::size_t heap_before_ = 0;
  std::size_t actors_before_ = 0;
  std::string wrong_;
};

} // namespace cafmesh::test
