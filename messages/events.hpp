#pragma once

#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/ids.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/peer_record.hpp>

/// The messages that tell subscribers of changes to the mesh. A subscriber
/// first receives a `mesh_description`, then each later change once and in
/// order. The Go library has the callbacks `OnGC`, `OnInvalidateShortIDs` and
/// `OnChange` instead.
namespace cafmesh {

/// This node has learned of another peer. A peer that is known only by name is
/// not reported before its UID is known.
struct peer_joined {
  peer_summary peer;
};

/// A peer became unreachable and was forgotten.
struct peer_left {
  peer_summary peer;
};

/// A peer was restarted: its UID changed.
struct peer_restarted {
  peer_name name;
  peer_uid old_uid;
  peer_uid new_uid;
};

/// One of our own connections has become part of the mesh.
struct connection_added {
  connection_id id;
  connection_summary connection; ///< not established yet
};

/// The overlay reported that one of our own connections works. Without an
/// overlay, each connection is established as soon as it is added.
struct connection_established {
  connection_id id;
  peer_name remote;
};

/// One of our own connections has ended.
struct connection_removed {
  connection_id id;
  peer_name remote;
  caf::error reason;
};

/// Unicast or broadcast routes may have changed.
struct routes_changed {};

/// A short ID that was in use may now belong to a different peer.
struct short_ids_changed {};

/// The gossiper of a channel of this node has ended, or left a message
/// unanswered for `settings::answer_limit`. The node now relays the channel's
/// data without interpreting it, and the channel can be joined again. Not sent
/// while the node stops.
struct gossiper_ended {
  std::string channel;
  caf::error reason; ///< the exit reason, or errc::timed_out
};

} // namespace cafmesh
