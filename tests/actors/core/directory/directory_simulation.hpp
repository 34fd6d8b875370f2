#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/directory/directory_model.hpp"

namespace cafmesh::test {

inline names::life life_of(unsigned peer, std::uint64_t uid) {
  return {peer_name::from_number(peer), peer_uid{uid}};
}

inline names::entry entry_of(std::uint64_t actor,
                             std::vector<std::string> signatures = {},
                             names::attribute_map attributes = {}) {
  return {actor, names::make_interface(std::move(signatures)),
          names::make_attributes(std::move(attributes))};
}

/// The directories of several peers in virtual time. A peer knows and reaches
/// only peers of its own group. Messages take random times and may be lost.
class directory_simulation {
public:
  directory_simulation(std::uint64_t seed, unsigned peers);

  unsigned size() const {
    return static_cast<unsigned>(peers_.size());
  }
  names::directory_model& model(unsigned peer) {
    return *peers_.at(peer).model;
  }
  std::uint64_t uid(unsigned peer) const {
    return peers_.at(peer).uid;
  }
  names::life life(unsigned peer) const {
    return life_of(peer + 1, uid(peer));
  }

  void move(unsigned peer, unsigned group);
  unsigned group_of(unsigned peer) const {
    return peers_.at(peer).group;
  }
  void restart(unsigned peer);

  void run_for(duration time);
  void publish(unsigned peer, const std::string& name, std::uint64_t actor);
  void unpublish(unsigned peer, const std::string& name);

  void lie(unsigned from, unsigned to, payload message, bool is_unicast);

  /// Describes the first difference between the names that a peer knows and
  /// those that the peers of its group have published; empty if there is none.
  std::string disagreement();

  instant now = instant{} + std::chrono::hours{1};
  std::mt19937_64 rng;
  double loss = 0;         ///< the share of messages that are lost
  std::size_t bytes = 0;   ///< sent so far
  std::size_t largest = 0; ///< size of the largest message so far
  duration gossip_interval = std::chrono::seconds{5};

private:
  struct member {
    std::unique_ptr<names::directory_model> model;
    std::uint64_t uid = 0;
    unsigned group = 0;
    instant next_gossip{};
    instant describe_at = instant::max();
  };
  struct message {
    unsigned from, to;
    payload data;
    bool is_unicast;
  };
  void begin(unsigned peer);
  void meet(unsigned x, unsigned y);
  void send(unsigned from, unsigned to, const payload& data, bool is_unicast);
  void tell_all(unsigned from, const payload& data);
  void arrive(const message& x);
  void after(unsigned peer);
  void step();

  std::vector<member> peers_;
  std::multimap<instant, message> under_way_;
  std::uint64_t uids_ = 100;
};

} // namespace cafmesh::test
