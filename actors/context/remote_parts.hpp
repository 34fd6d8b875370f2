#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <caf/actor_addr.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/message.hpp>
#include <caf/node_id.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/dead_letters.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/status.hpp>
#include <cafmesh/type_ids.hpp>

/// The interface between the directory, which finds actors by their names, and
/// the postman and the carrier, which reach actors of other peers.
namespace cafmesh {

/// Where to do work that may take a long time: running the factories of actors
/// that peers spawn, and decoding large messages.
enum class blocking_work {
  on_own_thread, ///< where it delays nothing else
  on_scheduler,  ///< for tests in virtual time
};

/// An actor system in the mesh. The UID and CAF's node ID change when the
/// system restarts.
struct actor_home {
  peer_name peer;
  peer_uid uid{};
  caf::node_id node;
};

/// directory -> postman: the actor systems that have come or gone since the
/// last such message. The first message lists all systems. A system is reported
/// in `came` once the directory knows its node ID and the topology knows its
/// UID.
struct homes_changed {
  std::vector<actor_home> came;
  /// These systems may still be running, unless their peers are in `left`. Any
  /// member can make the topology show a different UID for a peer for a while.
  std::vector<actor_home> gone;
  /// Peers that the topology has forgotten.
  std::vector<peer_name> left = {};
};

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::homes_changed)

namespace cafmesh {

/// The messages that the directory sends to the postman, including those that
/// it passes on for users.
using postman_of_directory =
  caf::typed_actor<caf::reacts_to<homes_changed>,
                   caf::reacts_to<watch_dead_letters>,
                   caf::replies_to<get_actors>::with<actors_status>>;

/// The actor that spawns actors for other peers. A request has the type, the
/// arguments and the wanted interface. The request travels between peers, so it
/// consists of types that CAF itself defines.
using spawner_actor = caf::typed_actor<
  caf::replies_to<caf::spawn_atom, std::string, caf::message,
                  std::set<std::string>>::with<caf::strong_actor_ptr>>;

/// The name that a peer publishes for a type of actors that it spawns for
/// others.
inline std::string spawner_name(const std::string& type) {
  return "spawn:" + type;
}

/// directory -> router: ask this actor for the part of the status that concerns
/// actors.
struct report_actors {
  caf::actor_addr from; ///< answers get_actors
};

using actors_reporter_actor =
  caf::typed_actor<caf::replies_to<get_actors>::with<actors_status>>;
using reported_router_actor = caf::typed_actor<caf::reacts_to<report_actors>>;

/// Lets other peers address local actors, and turns the IDs of remote actors
/// into handles. `carrier` implements it. May be used from any thread.
class actor_carrier {
public:
  virtual ~actor_carrier() = default;

  /// Allows other peers to address a local actor.
  /// @returns false if that is impossible, because the actor is not local or
  ///          was spawned before the system had a node ID
  virtual bool publish(const caf::strong_actor_ptr& local) = 0;

  /// Undoes one call of `publish`. Afterwards, only peers that hold a handle of
  /// the actor may address it.
  virtual void withdraw(caf::actor_id local) = 0;

  /// From now on, ignores exit messages and links from other peers to a local
  /// actor, so that they cannot end it.
  virtual void protect(caf::actor_id local) = 0;

  /// Counts a message that has no receiver as dropped, and tells the watchers
  /// of dropped messages.
  virtual void drop(const caf::message& x, const caf::error& why) = 0;

  /// The proxy of a remote actor, or the local actor itself if `node` is ours.
  /// Null if the local actor has ended, or if a limit is reached. The limits
  /// are `max_nodes` nodes, and 8 * `max_handles` remote actors of one node.
  virtual caf::strong_actor_ptr handle_of(const caf::node_id& node,
                                          caf::actor_id id) = 0;

  /// Appends `x` to `out` in a form that any peer can read. From now on, peers
  /// may address the local actors whose handles the message contains.
  /// @returns errc::unknown_type or too_large; `out` is then unchanged
  virtual caf::error encode_message(const caf::message& x, bytes& out) = 0;

  virtual const actor_settings& config() const noexcept = 0;

  /// Reads a message that `encode_message` has written.
  /// @returns errc::malformed, unknown_type, too_large or ended
  virtual caf::error decode_message(byte_view from, caf::message& out) = 0;
};

using actor_carrier_ptr = std::shared_ptr<actor_carrier>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::report_actors)
