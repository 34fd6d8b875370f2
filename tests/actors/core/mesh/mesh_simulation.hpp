#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/limits/line_budget.hpp"
#include "actors/core/mesh/mesh_log.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

namespace cafmesh::test {

/// A mesh of mesh models in virtual time. Updates take random times, but do not
/// overtake each other on one connection. Each model passes news on to all
/// neighbours, immediately or gathered. Every few seconds, it sends its
/// complete state to a random neighbour.
class mesh_simulation {
public:
  /// @param hasty the peers that forget unreachable peers at each update, as
  ///        Debian's Go library does.
  /// @param limits the limits of every model.
  mesh_simulation(std::uint64_t seed, unsigned peers,
                  const std::set<unsigned>& hasty = {},
                  const record_limits::totals& limits = {});

  /// Makes two neighbours compare digests if both are in `peers`. Other
  /// neighbours send each other their complete state.
  void use_digests(std::set<unsigned> peers) {
    digesters_ = std::move(peers);
  }

  void stop_periodic_gossip() {
    gossips_ = false;
  }

  /// The number of honest peers, which are numbered from 1.
  unsigned size() const {
    return static_cast<unsigned>(models_.size());
  }
  mesh_model& model(unsigned peer) {
    return models_[peer - 1].model;
  }

  void connect(unsigned x, unsigned y);
  void disconnect(unsigned x, unsigned y);

  /// Connects a remote that has no model. The remote sends only what the test
  /// passes to `say`.
  void connect_liar(unsigned liar, unsigned to);
  void disconnect_liar(unsigned liar, unsigned from);
  void say(unsigned liar, unsigned to, const std::vector<peer_record>& lies);

  void run_for(duration time);

  /// The highest version that a peer with a correct clock accepts.
  std::uint64_t last_version() const {
    return record_limits::max_version(today());
  }

  /// Describes the first difference between two models, or between a model and
  /// the actual mesh; empty if there is none.
  std::string disagreement();

  /// The number of updates sent, excluding periodic gossip.
  std::size_t sent = 0;
  /// The number of these updates that were gathered news.
  std::size_t gathered = 0;
  /// How often models have warned that someone else sends records in the name
  /// of their own peer.
  std::size_t impersonations = 0;

  /// The number of log lines of the peer that has written the most.
  std::size_t most_lines() const;
  duration elapsed() const {
    return now_ - start;
  }

  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }

private:
  struct node {
    mesh_model model;
    bool hasty = false;
    std::map<unsigned, connection_id> links; // by neighbour
    instant next_gossip;
    duration clock_is_late;
    std::shared_ptr<std::size_t> lines;
    mesh_log log;
  };
  struct message {
    unsigned from;
    unsigned to;
    bytes update;
  };

  node& at(unsigned peer) {
    return models_[peer - 1];
  }
  void add(unsigned peer, unsigned remote, connection_id id);
  void remove(unsigned peer, unsigned remote);
  void arrive(const message& x);
  void send(unsigned from, unsigned to, const gossip_data_ptr& data);
  void flood(unsigned from, const gossip_data_ptr& data, unsigned except);
  void after(unsigned peer, mesh_model_effects& effects);
  void log(mesh_log& to, const mesh_model_effects& effects) const;
  void send_gathered(unsigned peer);
  void send_everything(unsigned from, unsigned to);
  bool compare_digests(unsigned x, unsigned y) const {
    return digesters_.count(x) != 0 && digesters_.count(y) != 0;
  }
  void answer(const message& x);
  void step();
  void set_dates();
  wall_time today() const;

  static constexpr instant start = instant{} + std::chrono::hours{1};

  std::mt19937_64 rng_;
  instant now_ = start;
  std::vector<node> models_;
  std::multimap<instant, message> under_way_;
  std::map<std::pair<unsigned, unsigned>, instant> last_arrival_;
  std::uint64_t last_id_ = 0;
  std::set<unsigned> digesters_;
  bool gossips_ = true;
};

} // namespace cafmesh::test
