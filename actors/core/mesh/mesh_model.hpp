#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "actors/core/mesh/routes.hpp"
#include "messages/internal/registration.hpp"
#include "messages/wire/features.hpp"
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

struct mesh_model_options {
  /// How many connections we may have; 0: any number.
  std::size_t connection_limit = 0;
  /// Chance: for short IDs.
  std::uint64_t seed = 0;
  /// Removal of unreachable peers after an applied update.
  duration collection_delay = std::chrono::seconds{1};
  /// Changes after an announced one are gathered for this long.
  duration announcement_interval = std::chrono::seconds{1};
};

/// What a change asks its caller to do. Calls add to it.
struct mesh_model_effects {
  /// Connections of ours that lost a tie-break and are to be closed
  /// (errc::multiple_connections). They are removed already.
  std::vector<connection_id> superseded;
  /// `current_routes()` differs from what it was.
  bool routes_changed = false;
  /// The mapping from short IDs to peers changed for an ID used before.
  bool short_ids_changed = false;
  /// Peers that became known with a UID, that changed their UID (as known
  /// before and now), and that were collected.
  std::vector<peer_summary> joined;
  std::vector<std::pair<peer_summary, peer_summary>> restarted;
  std::vector<peer_summary> left;
};

/// What of an update is to be passed on. Gathering it takes as long as applying
/// does, and most peers of a star have nobody to pass anything on to.
struct wanted_of_update {
  bool everything = true;
  bool news = true;
};

/// What to pass on of an update: records as gossip data, each null if empty or
/// not wanted. Peers that we have no way to are left out, and are news once
/// there is one.
struct applied_update {
  gossip_data_ptr everything; ///< all peers that the update named
  gossip_data_ptr news;       ///< those of which it knew more than we did
};

/// All that we know of the mesh: ourselves, every other peer, short IDs, what
/// has to be announced, routes (protocol sections 6 to 8). Pure: time comes
/// in as `now`, and when to call again goes out as `wake_at`.
class mesh_model {
public:
  mesh_model(local_identity self, mesh_model_options options);
  ~mesh_model();
  mesh_model(mesh_model&&) noexcept;
  mesh_model& operator=(mesh_model&&) noexcept;

  // -- our own connections

  /// Ties the connection in, or says why not, in which case the caller closes
  /// it: errc::name_collision, connected_to_self, unknown_peer,
  /// multiple_connections (lost against, or tied with, one that is there; a tie
  /// also supersedes the other) or connection_limit. A refused offer leaves
  /// nothing behind.
  caf::expected<admission> add_connection(const connection_offer& offer,
                                          instant now, mesh_model_effects& out);

  /// @returns false where there is no such connection (any more).
  bool establish_connection(connection_id id, instant now,
                            mesh_model_effects& out);

  /// Does nothing where there is no such connection (any more). Collects
  /// unreachable peers before this is announced: announcing them might make
  /// the mesh remember them for ever.
  void remove_connection(connection_id id, instant now,
                         mesh_model_effects& out);

  std::size_t connection_count() const noexcept;

  // -- what others say

  /// Applies a gossiped update, or changes nothing and says what is wrong with
  /// it (errc::malformed, errc::bad_peer_name).
  caf::expected<applied_update> apply_update(byte_view update, instant now,
                                             mesh_model_effects& out,
                                             wanted_of_update wanted = {});

  // -- what we say

  /// All records of peers that we have a way to. Placeholders are left out:
  /// the record that names one says all there is to say. The same object until
  /// something changes.
  gossip_data_ptr complete() const;

  /// What has to be broadcast by now; null if nothing, or not yet. The first
  /// change within a moment, those that follow gathered for the announcement
  /// interval, longer when updates are large.
  gossip_data_ptr take_announcement(instant now);

  // -- time

  /// When `tick` and `take_announcement` are next worth a call, if ever.
  std::optional<instant> wake_at() const;

  /// Does what is due: collects peers that have been out of reach for the
  /// collection delay. Each has its own, so that an update that comes in parts
  /// is not collected between two of them.
  void tick(instant now, mesh_model_effects& out);

  // -- views

  /// Includes every change so far. Computed when asked for, then kept until
  /// the next change.
  routes_ptr current_routes() const;

  const local_identity& self() const noexcept;

  /// Every known peer, sorted by name, with its connections; placeholders and
  /// those not collected yet among them.
  std::vector<peer_record> records() const;

  std::optional<peer_summary> find(peer_name name) const;
  std::optional<peer_name> find(short_id alias) const;

  /// Addresses at which others reach peers that we are not connected to: the
  /// address itself where they dialled it, else its host with `default_port`.
  /// Sorted, each once; what is no address, or has a name for a host, is passed
  /// over.
  std::vector<std::string>
  discovered_addresses(std::uint16_t default_port) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh
