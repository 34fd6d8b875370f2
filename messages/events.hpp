#pragma once

#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/ids.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/peer_record.hpp>

/// What a node tells its subscribers, topology -> subscriber. First a
/// `mesh_description` as a snapshot, then what changed since, in order: nothing
/// is left out, nothing comes twice. In place of the Go library's `OnGC`,
/// `OnInvalidateShortIDs` and `OnChange`.
namespace cafmesh {

/// A peer is known that was not, ourselves excepted. Placeholders, known by
/// name alone, do not count until they have a UID.
struct peer_joined {
  peer_summary peer;
};

/// A peer cannot be reached any more and was forgotten.
struct peer_left {
  peer_summary peer;
};

/// A peer came back in another life.
struct peer_restarted {
  peer_name name;
  peer_uid old_uid;
  peer_uid new_uid;
};

/// One of our own connections was tied in.
struct connection_added {
  connection_id id;
  connection_summary connection; ///< not established yet
};

/// One of our own connections was confirmed by the overlay; without an overlay
/// at once.
struct connection_established {
  connection_id id;
  peer_name remote;
};

/// One of our own connections is gone.
struct connection_removed {
  connection_id id;
  peer_name remote;
  caf::error reason;
};

/// Unicast or broadcast routes may differ from before.
struct routes_changed {};

/// Which peer a short ID means changed, for an ID used before.
struct short_ids_changed {};

} // namespace cafmesh
