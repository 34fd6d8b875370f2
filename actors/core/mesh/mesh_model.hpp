#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/record_limits.hpp"
#include "actors/core/mesh/routes.hpp"
#include "messages/internal/closing.hpp"
#include "messages/internal/registration.hpp"
#include "messages/wire/features.hpp"
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

/// Keeps everything that a peer knows about the mesh, and decides which
/// connections and records it accepts and which records it sends.
namespace cafmesh {

struct mesh_model_options {
  /// The maximum number of our connections; 0 means no limit. At the limit, a
  /// new connection may replace the newest inbound connection of the address
  /// that has the most. That address must have at least a quarter of all
  /// inbound connections. Unless we dialled the new remote for the user, it
  /// must also have at least two more than the new remote's address
  /// (`inbound_sources`).
  std::size_t connection_limit = 0;
  /// A random seed for drawing short IDs and for hashing names.
  std::uint64_t seed = 0;
  /// How long we remember a peer after an update has made it unreachable.
  duration collection_delay = std::chrono::seconds{1};
  duration announcement_interval = std::chrono::seconds{1};
  /// The number of connections that discovery aims for (`degree_control`). 0
  /// means one to each peer. If absent, the usual number holds in a mesh of
  /// many peers.
  std::optional<std::size_t> target_degree;
  record_limits::totals limits;
  /// Whether neighbours that understand digests get digests.
  bool digests = false;
  /// Null if records are not shared with other nodes.
  std::shared_ptr<record_sharing> sharing;
};

/// An existing connection, while a new one leads to a peer of the same name.
/// The new connection must wait for the end of the existing one, because a
/// remote cannot prove that the name and UID that it sends are its own.
struct contested_connection {
  connection_id id{};
  /// Whether the remote of the new connection has the same UID.
  bool is_same_life = false;
  /// Whether the tie-break favours the existing connection.
  bool is_favoured = false;
  std::string remote_address; ///< of the existing connection
};

/// What a change requires of the caller. Functions of `mesh_model` add to the
/// members and never clear them.
struct mesh_model_effects {
  /// The existing connection, if a second one was refused. The caller may probe
  /// the existing one. When the existing one ends, the caller may offer the new
  /// one again.
  std::optional<contested_connection> contested;
  /// Connections of ours that were removed to make room under
  /// `connection_limit`; the caller closes them with errc::connection_limit.
  std::vector<connection_id> displaced;
  /// Connections that their remotes have given up; the caller drains and
  /// removes them. A connection that stays is named again later.
  std::vector<connection_id> given_up;
  /// Whether `current_routes()` may return different routes than before.
  bool routes_changed = false;
  /// Whether a short ID may have a new owner.
  bool short_ids_changed = false;
  /// Peers whose UID became known, and peers that were reported in `left` but
  /// can be reached again.
  std::vector<peer_summary> joined;
  /// Peers whose UID changed: the old summary and the new one.
  std::vector<std::pair<peer_summary, peer_summary>> restarted;
  /// Peers that were forgotten because they had become unreachable, peers that
  /// will soon be forgotten because they have closed their connections, and
  /// peers that were dropped in favour of others.
  std::vector<peer_summary> left;
  /// Names that two different peers use.
  std::vector<peer_name> names_used_twice;
  /// Whether another peer has made a record of us with our present UID, or
  /// keeps making records of us with other UIDs.
  bool impersonated = false;
  /// Whether a record of us was ignored because our clock does not allow its
  /// version. Peers that accept it ignore our own records.
  bool is_our_clock_late = false;
  /// The number of records that were not applied, or were dropped, because of
  /// `record_limits`.
  std::size_t refused_records = 0;
};

/// Which results of an update the caller needs. Building the results takes as
/// long as applying the update. A peer with one neighbour passes nothing on, so
/// it needs no results.
struct wanted_of_update {
  bool everything = true;
  bool news = true;
};

/// The records of an update to pass on. A pointer is null if there are no such
/// records, if they were not wanted, or if they were gathered to be sent later.
/// Records of unreachable peers become part of `news` once these are reachable.
struct applied_update {
  gossip_data_ptr everything; ///< records of all peers in the update
  gossip_data_ptr news;       ///< records that were newer than ours
};

struct gathered_records {
  std::vector<peer_name> neighbours;
  gossip_data_ptr records;
};

/// The result of comparing a neighbour's digest with our records.
struct digest_answer {
  std::vector<key_range> missing; ///< what the neighbour lacks
  std::size_t missing_size = 0;   ///< in bytes
  payload reply;                  ///< an outline to send, unless empty
  bool asks = false;              ///< whether the reply asks for records
  bool answers = false;           ///< whether the digest asked for records
  std::size_t whole = 0;          ///< the bytes of all our records
};

struct discovery_plan {
  /// Whether the number of our connections is limited. If not, `addresses` are
  /// those of all peers that we are not connected to.
  bool is_limited = false;
  bool limit_holds = false; ///< limited, and not only while the mesh grows
  std::vector<std::string> addresses; ///< to dial
  std::optional<connection_id> give_up;
  std::optional<instant> again; ///< when to plan again if nothing changes
};

/// All that we know of the mesh: ourselves, every other peer, short IDs,
/// announcements that wait, and routes. See PROTOCOL.md, "Topology", "Routes"
/// and "Admission". Has no clock: the caller passes the time as `now`, and
/// calls `tick` at `wake_at`.
class mesh_model {
public:
  mesh_model(local_identity self, mesh_model_options options);
  ~mesh_model();
  mesh_model(const mesh_model&) = delete;
  mesh_model& operator=(const mesh_model&) = delete;
  mesh_model(mesh_model&&) noexcept;
  mesh_model& operator=(mesh_model&&) noexcept;

  // -- our own connections

  /// Admits the connection. An error changes nothing; the caller then closes
  /// the connection.
  /// @returns errc::name_collision, connected_to_self, unknown_peer or
  ///          connection_limit; multiple_connections if we already have a
  ///          connection to a peer of this name, see `contested`
  caf::expected<admission> add_connection(const connection_offer& offer,
                                          instant now, mesh_model_effects& out);

  /// Admits the connection in place of `ended`, a connection to the same life
  /// of the same peer. The peers behind `ended` stay known.
  /// @pre `add_connection` has refused the offer because of `ended`
  admission replace_connection(connection_id ended,
                               const connection_offer& offer, instant now,
                               mesh_model_effects& out);

  /// @returns false if no connection has this ID
  bool establish_connection(connection_id id, instant now,
                            mesh_model_effects& out);

  /// Removes a connection. Ignores an unknown ID. Also forgets all peers that
  /// are unreachable after the removal, before the change is announced.
  /// Otherwise the remaining peers would remind each other of the forgotten
  /// ones for ever.
  void remove_connection(connection_id id, instant now,
                         mesh_model_effects& out);

  /// Removes a connection that its remote has closed, which happens when the
  /// remote's process ends.
  /// @returns what to report to all peers; nullopt if no connection has this
  ///          ID, if too many peers would have to report, or if the remote's
  ///          record no longer has the connection, because the remote gave it
  ///          up
  std::optional<closing> remove_closed_connection(connection_id id, instant now,
                                                  mesh_model_effects& out);

  /// Call this if a remote has closed a connection that we had given up and
  /// removed, but not drained yet.
  /// @returns what to report, as `remove_closed_connection` does
  std::optional<closing> drained_one_closed(const closing& by, instant now,
                                            mesh_model_effects& out);

  /// Takes another peer's report that the peers in `all` have closed their
  /// connections to it. Reports a peer as left without waiting for the
  /// collection delay if the peer is unreachable, at least one of its
  /// neighbours has reported its closing, and all of its reachable neighbours
  /// have. The peer is forgotten only after the collection delay. If it can be
  /// reached again before then, it joins again.
  void note_closings(const std::vector<closing>& all, peer_name reporter,
                     instant now, mesh_model_effects& out);

  std::size_t connection_count() const noexcept;

  // -- updates of other peers

  /// Sets the time of day, which limits the versions of all records, our own
  /// included (`record_limits::max_version`). To be called before updates are
  /// applied and announcements are taken.
  void set_date(wall_time now) noexcept;

  /// Applies an update that another peer sent.
  /// @param from the neighbour that the update came from
  /// @returns errc::malformed or errc::bad_peer_name, with nothing changed.
  caf::expected<applied_update> apply_update(byte_view update, instant now,
                                             mesh_model_effects& out,
                                             wanted_of_update wanted = {},
                                             peer_name from = {});

  // -- data to send

  /// The records of all reachable peers. While a caller holds the result,
  /// further calls return the same object until a record changes.
  gossip_data_ptr complete() const;

  /// The digest of the records that `complete` returns. It is for neighbours
  /// that understand digests, see PROTOCOL.md, "Digests".
  gossip_data_ptr digest() const;

  /// Compares a neighbour's digest with our records. Takes time in proportion
  /// to the digest, and O(peers) more in the first call after a change.
  /// @returns errc::malformed
  caf::expected<digest_answer> compare(byte_view digest) const;

  /// The records in these ranges of names, such as `digest_answer::missing`;
  /// null if there are none.
  std::shared_ptr<const peer_records>
  records_in(const std::vector<key_range>& ranges) const;

  /// The records to broadcast; null if none is due. The first change is due
  /// after `announcements::moment`. Later changes are due after the
  /// announcement interval, or after a longer time if updates are large. Our
  /// own record is due again while its version is so high that a peer whose
  /// clock is a little behind may have ignored it.
  gossip_data_ptr take_announcement(instant now);

  /// The neighbours whose connections we are giving up, and which our record
  /// no longer lists. They must get this record from us as gossip, too.
  std::vector<peer_name> leaving() const;

  /// Gathered news that is due, to be sent as gossip (`news_spreading`).
  std::vector<gathered_records> take_gathered(instant now);

  /// The neighbour to send a digest to now, if any. A digest is due some time
  /// after news was gathered.
  std::optional<peer_name> take_to_compare(instant now);

  // -- time

  /// When to call `tick`, `take_announcement`, `take_gathered` and
  /// `take_to_compare` next; nullopt if nothing is pending.
  std::optional<instant> wake_at() const;

  /// Forgets peers that have been unreachable for the collection delay. The
  /// delay is needed because an update may be split over several messages, and
  /// some of its peers may be unreachable until the last message has arrived.
  void tick(instant now, mesh_model_effects& out);

  // -- views

  /// The routes after all changes so far. Computed on demand, and kept until
  /// the next change.
  routes_ptr current_routes() const;

  const local_identity& self() const noexcept;

  /// Every known peer with its connections, sorted by name. Includes
  /// unreachable peers that are not forgotten yet, unless they have been
  /// reported as left. Leaves out peers that are known only from the
  /// connections of others.
  std::vector<peer_record> records() const;

  std::optional<peer_summary> find(peer_name name) const;
  std::optional<peer_name> find(short_id alias) const;

  /// Addresses of peers that we are not connected to, from other peers' records
  /// (PROTOCOL.md, "Connection maker"). Both the peer that reports an address
  /// and the peer at that address must be reachable over established
  /// connections, and both must report the connection between them. An address
  /// that a peer dialled is used as it is. Any other address is used with
  /// `default_port`. Text other than a numeric address is ignored.
  /// @param turn if a record has too many addresses, each turn chooses others
  /// @returns sorted, without duplicates, limited in number by `discovery.hpp`
  std::vector<std::string> discovered_addresses(std::uint16_t default_port,
                                                std::uint64_t turn = 0) const;

  /// Plans which of the addresses to dial, and which connection to give up
  /// (`degree_control`).
  discovery_plan plan_discovery(std::uint16_t default_port, std::uint64_t turn,
                                const get_discovered_addresses& what,
                                instant now);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh
