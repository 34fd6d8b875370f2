#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// The names under which peers publish actors (NAMES.md). The messages that
/// contain handles of actors are in actors/names.hpp.
namespace cafmesh {

/// An actor that a peer has published.
struct published_name {
  std::string name;
  peer_name peer;
  peer_uid uid = peer_uid::none; ///< random; new at each start of the peer
  std::uint64_t actor = 0;       ///< the actor's ID at that peer
  /// The signatures of a typed actor, in ascending order; empty for a
  /// dynamically typed actor.
  std::vector<std::string> interface;
  std::map<std::string, std::string> attributes;
};

// -- users -> directory

/// Withdraw a name that this peer publishes. Does nothing for a name that this
/// peer does not publish.
struct unpublish_name {
  std::string name;
};

/// Answered with found_names: the actors that are published under this name,
/// at most one for each peer.
struct lookup_name {
  std::string name;
};

/// The actors, sorted by the number of hops to their peers, nearest first.
struct found_names {
  std::vector<published_name> all;
};

/// Answered with directory_figures.
struct get_directory_figures {};

/// What a directory knows and what it has refused. A document is the list of
/// the names that one peer has published since its start.
struct directory_figures {
  std::uint64_t documents = 0;
  std::uint64_t hidden = 0;    ///< documents of peers that are not reachable
  std::uint64_t names = 0;     ///< names of actors at all reachable peers
  std::uint64_t bytes = 0;     ///< bytes of memory for other peers' documents
  std::uint64_t malformed = 0; ///< messages that did not decode
  std::uint64_t beyond_limits = 0;   ///< documents that exceeded a limit
  std::uint64_t forged_versions = 0; ///< forged newer versions of our document
};

// -- directory -> watchers

/// Tells a watcher about the names that it watches. The first message is a
/// snapshot of all these names, and later messages are changes. The next
/// message follows when the watcher's handler has returned. If the handler
/// returned a promise, the next message follows when the promise has been
/// delivered. Changes in between are combined. If there are too many changes, a
/// new snapshot replaces them.
struct names_changed {
  bool is_snapshot = false;              ///< replaces all earlier messages
  std::vector<published_name> published; ///< new or changed
  /// Names that are no longer published or whose peers are out of reach. Their
  /// interfaces and attributes are empty.
  std::vector<published_name> gone;
};

} // namespace cafmesh
