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

/// The members of `mesh_model`, and the steps of its calls.
struct mesh_model::state {
  struct own_connection {
    connection_id id{};
    connection_uid uid{};
    std::string remote_address;
    bool outbound = false;
    bool established = false;
  };

  /// A record of an update that has not been applied.
  struct staged_record {
    slot who;
    peer_summary peer;
    adjacency connections;
  };

  /// An update that has been read to its end without an error.
  struct staged_update {
    std::vector<slot> subjects;         ///< peers with a record in the update
    std::vector<staged_record> records; ///< those that may be news
    std::vector<slot> created;          ///< peers not known before
    /// For unreachable peers, the newest edition in the update. Such a peer's
    /// record may be replaced by one of any life, and an update may contain
    /// several.
    std::unordered_map<slot, record_edition> most_recent;
    /// The version of our own record in the update, if it is of an earlier life
    /// of ours.
    std::optional<std::uint64_t> earlier_life;
  };

  state(local_identity ourselves, mesh_model_options opts);

  // -- our own connections

  caf::error check_remote(const connection_offer& offer) const;
  /// Notes what the introduction says, if nothing was known of the remote.
  admission register_remote(const wire::introduction& remote,
                            mesh_model_effects& out);
  void connections_changed(instant now, mesh_model_effects& out);

  // -- updates of other peers

  caf::expected<staged_update> stage(byte_view update);
  applied_update apply(staged_update& update, instant now,
                       mesh_model_effects& out, wanted_of_update wanted);
  bool is_news(slot who, const peer_summary& x) const;
  /// @returns false if the record was not news.
  bool apply_record(staged_record& x, mesh_model_effects& out);
  /// Makes our version higher than that of an earlier life of ours.
  void raise_version_above(std::uint64_t version, instant now);

  // -- consequences of a change

  void ourselves_changed(peer_summary ourselves, instant now);
  void graph_changed(mesh_model_effects& out);
  void move_claim(peer_name who, std::optional<short_id> from,
                  std::optional<short_id> to, mesh_model_effects& out);
  /// Draws another short ID if a peer with a lower name owns ours.
  void choose_alias(instant now, mesh_model_effects& out);
  void collect(const std::vector<slot>& gone, instant now,
               mesh_model_effects& out);
  /// The records of those that are reachable and no placeholders; null if none.
  std::shared_ptr<const peer_records> records_of(std::vector<slot> subjects);

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
  routes_ptr current;       // null until computed
  gossip_data_ptr complete; // null until built
};

} // namespace cafmesh
