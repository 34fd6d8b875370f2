#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/peers.hpp"
#include "actors/core/mesh/reachability.hpp"
#include "actors/core/mesh/short_ids.hpp"

namespace cafmesh {

/// What `topology` knows, and the steps of which its calls are made.
struct mesh_model::state {
  struct own_connection {
    connection_id id{};
    connection_uid uid{};
    std::string remote_address;
    bool outbound = false;
    bool established = false;
  };

  /// A record that an update may bring.
  struct staged_record {
    slot who;
    peer_summary peer;
    adjacency connections;
  };

  /// An update, read to its end, before any of it counts.
  struct staged_update {
    std::vector<slot> subjects;
    std::vector<staged_record> records;
    std::vector<slot> created;
    // Of peers out of reach, any life of whom is taken: the best that the
    // update names, which may name several.
    std::unordered_map<slot, record_edition> most_recent;
    // The version at which the mesh remembers an earlier life of ours.
    std::optional<std::uint64_t> earlier_life;
  };

  state(local_identity ourselves, mesh_model_options opts);

  // -- our own connections

  caf::error check_remote(const connection_offer& offer) const;
  admission meet(const wire::introduction& remote, mesh_model_effects& out);
  void connections_changed(instant now, mesh_model_effects& out);

  // -- what others say

  caf::expected<staged_update> stage(byte_view update);
  applied_update apply(staged_update& update, instant now,
                       mesh_model_effects& out, wanted_of_update wanted);
  bool is_news(slot who, const peer_summary& x) const;
  bool take(staged_record& x, mesh_model_effects& out);
  void outlive(std::uint64_t version, instant now);

  // -- what follows

  void ourselves_changed(peer_summary ourselves, instant now);
  void graph_changed(mesh_model_effects& out);
  void move_claim(peer_name who, std::optional<short_id> from,
                  std::optional<short_id> to, mesh_model_effects& out);
  void settle_alias(instant now, mesh_model_effects& out);
  void collect(const std::vector<slot>& gone, instant now,
               mesh_model_effects& out);
  std::shared_ptr<const peer_records> data_of(std::vector<slot> whose);

  local_identity self;
  mesh_model_options options;
  std::mt19937_64 rng;
  peers known;
  short_ids aliases;
  reachability reachable;
  announcements pending;
  std::map<peer_name, own_connection> connections;
  std::unordered_map<connection_id, peer_name> remotes;
  std::uint64_t generation = 0;
  routes_ptr current;       // null: to be computed
  gossip_data_ptr complete; // null: to be gathered
};

} // namespace cafmesh
