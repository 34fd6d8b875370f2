#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/actor_address.hpp>
#include <cafmesh/dead_letters.hpp>
#include <cafmesh/published_names.hpp>
#include <cafmesh/remote_spawn.hpp>
#include <cafmesh/status.hpp>
#include <cafmesh/type_ids.hpp>

/// The messages that publish actors under names, and find the published actors
/// of all peers. They carry handles and do not leave the process. NAMES.md
/// describes the protocol.
namespace cafmesh {

// -- users -> directory

/// Publish a local actor under a name, until `unpublish_name` or the actor's
/// end. The directory keeps the actor alive. A peer publishes at most one actor
/// under a name; several peers may use the same name. If this actor already has
/// the name, its attributes are replaced.
///
/// Answered with errc::bad_setting if `actor` is null, if it cannot be reached
/// by other peers, or if another local actor has the name; with errc::too_large
/// if a limit is exceeded. The limits are 255 bytes for a name, 16 attributes
/// with keys of up to 64 bytes and values of up to 255 bytes, and 16,384 names
/// for each peer. See `publication`, which fills in the interface.
struct publish_name {
  std::string name;
  caf::strong_actor_ptr actor;
  std::set<std::string> interface; ///< empty: dynamically typed
  std::map<std::string, std::string> attributes;
};

/// A message that publishes an actor together with its interface.
template <class Handle>
publish_name publication(const caf::actor_system& system, std::string name,
                         const Handle& x,
                         std::map<std::string, std::string> attributes = {}) {
  return {std::move(name), caf::actor_cast<caf::strong_actor_ptr>(x),
          system.message_types(x), std::move(attributes)};
}

/// Which actors to find if several have the same name.
enum class which_actor : std::uint8_t {
  any,     ///< one at random
  nearest, ///< the one that is the fewest hops away
  at_peer, ///< the one at a given peer
  all,
};

/// Find actors by their name. Answered immediately with resolved_actors, which
/// has at least one actor, or with errc::unknown_name. An actor may have ended
/// before the answer arrives, so monitor the actor. See `resolution`, which
/// fills in the interface.
struct resolve_name {
  std::string name;
  which_actor which = which_actor::any;
  peer_name peer{};                ///< for `at_peer`
  std::set<std::string> interface; ///< empty: any
};

/// A message that asks for actors that can be used as a `Handle`.
template <class Handle>
resolve_name resolution(const caf::actor_system& system, std::string name,
                        which_actor which = which_actor::any,
                        peer_name peer = {}) {
  return {std::move(name), which, peer, system.message_types<Handle>()};
}

struct resolved_actor {
  peer_name peer;
  peer_uid uid{};              ///< changes when the peer restarts
  caf::strong_actor_ptr actor; ///< not null

  /// @pre `Handle` is the type for which `resolution` made the request
  template <class Handle>
  Handle as() const {
    return caf::actor_cast<Handle>(actor);
  }
};

/// The actors that were found, nearest first.
struct resolved_actors {
  std::vector<resolved_actor> all;
};

/// Find an actor's address. Answered with its actor_address, or with an error:
/// bad_setting if `actor` is null, or is local and was neither published nor
/// sent to a peer; no_route if it is not on a reachable peer.
struct get_address {
  caf::strong_actor_ptr actor;
};

/// Find the actor at an address. Answered immediately with resolved_actor or
/// with an error: errc::restarted if the peer has been restarted since the
/// address was made; no_route if the peer is not reachable; ended if the
/// address is on this peer and other peers may not address the actor; too_large
/// if this node already has handles of actors on `actor_settings::max_nodes`
/// other nodes. No other peer is asked, so an actor at another peer may have
/// ended.
struct resolve_address {
  actor_address address;
};

/// An actor that users write. It receives `names_changed`.
using name_watcher_actor = caf::typed_actor<caf::reacts_to<names_changed>>;

/// Report the actors with one name, or with all names that begin with `text`:
/// first those already published, then each change until the watcher ends. Cast
/// a dynamically typed watcher with caf::actor_cast.
struct watch_names {
  std::string text;
  bool is_prefix = false;
  name_watcher_actor watcher;
};

using directory_actor = caf::typed_actor<
  caf::reacts_to<publish_name>, caf::reacts_to<unpublish_name>,
  caf::replies_to<lookup_name>::with<found_names>,
  caf::replies_to<resolve_name>::with<resolved_actors>,
  caf::replies_to<get_address>::with<actor_address>,
  caf::replies_to<resolve_address>::with<resolved_actor>,
  caf::reacts_to<watch_names>,
  caf::replies_to<get_directory_figures>::with<directory_figures>,
  caf::reacts_to<watch_dead_letters>,
  caf::replies_to<get_actors>::with<actors_status>,
  caf::replies_to<spawn_actor>::with<caf::strong_actor_ptr>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::unpublish_name)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::lookup_name)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::found_names)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_directory_figures)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::directory_figures)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::names_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::publish_name)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::resolve_name)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::resolved_actors)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::resolved_actor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_address)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::resolve_address)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::actor_address)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_names)
