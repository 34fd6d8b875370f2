#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/closing_reports.hpp"
#include "actors/core/mesh/degree_control.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/name_contests.hpp"
#include "actors/core/mesh/news_spreading.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/peers.hpp"
#include "actors/core/mesh/reachability.hpp"
#include "actors/core/mesh/record_index.hpp"
#include "actors/core/mesh/short_ids.hpp"
#include "messages/wire/topology_update.hpp"

namespace cafmesh {

using record_index_ptr = std::shared_ptr<const record_index>;

/// The members of `mesh_model`, and the steps of its member functions.
struct mesh_model::state {
  struct own_connection {
    connection_id id{};
    connection_uid uid{};
    peer_uid remote_uid = peer_uid::none;
    std::string remote_address;
    bool outbound = false;
    bool established = false;
    bool understands_digests = false;
    /// Whether an address that the user named also leads to this peer.
    bool is_named = false;
    /// Set while the connection is given up. Our record no longer has it, but
    /// our routes use it until this time, because other peers have yet to hear
    /// of the change.
    std::optional<instant> leaves_at{};
    /// Whether the remote has told us that its record lists the connection.
    bool was_listed = false;
    /// Whether the remote has ever given this connection up.
    bool has_left = false;
  };

  /// A record in an update, read but not applied.
  struct staged_record {
    slot who;
    peers::received_record record;
  };

  /// A record about us in an update, made by another peer.
  struct record_about_us {
    record_edition edition;
    bool in_our_life = false; ///< whether the UID is our present one
  };

  /// An update that has been read to its end without an error, but not applied.
  struct staged_update {
    std::vector<slot> subjects;         ///< peers with a record in the update
    std::vector<staged_record> records; ///< records that may be news
    /// Subjects of which the sender has our record or one that replaces it.
    std::vector<slot> known_to_sender;
    std::vector<slot> created; ///< peers that were not known before
    /// The sender's record of itself; none if it has sent none, or an old one.
    encoded_record of_sender;
    /// For each unreachable peer, the newest edition of its record in the
    /// update. If such a peer has restarted, the update may contain its old and
    /// its new record. Either could replace the record that we have, so only
    /// the newer one is applied.
    std::unordered_map<slot, record_edition> most_recent;
    /// The newest edition of a record about us in the update, if other peers
    /// would prefer that record to our own.
    std::optional<record_about_us> to_outlive;
    std::size_t refused = 0; ///< records beyond the limits
    /// Whether one of them is about us, with a version beyond our clock.
    bool is_our_clock_late = false;
    /// The limits until `make_room` is called, which may be larger than usual.
    record_limits::totals limits;
  };

  /// The routes and lists of records from before an update. `make_room` puts
  /// them back if the update has changed nothing in the end.
  struct kept_views {
    routes_ptr current;
    std::weak_ptr<const peer_records> all_records;
    record_index_ptr index;
    bool routes_changed = false;
    bool short_ids_changed = false;
    std::size_t joined_count = 0;
  };

  state(local_identity ourselves, mesh_model_options opts);

  // -- our own connections

  caf::error check_remote(const connection_offer& offer) const;
  admission admit(const connection_offer& offer, instant now,
                  mesh_model_effects& out);
  /// The connection to close in favour of the offered one; nullopt if the offer
  /// has to be refused.
  std::optional<connection_id> to_displace(const connection_offer& offer) const;
  /// If the UID of the remote is not known yet, makes a record from the
  /// remote's introduction.
  admission register_remote(const wire::introduction& remote, instant now,
                            mesh_model_effects& out);
  void forget_connection(peer_name remote);
  std::vector<connection_summary> own_summaries() const;
  edge_list own_edges() const;
  /// The mesh without the connections that our record leaves out.
  mesh_graph listed_graph() const;
  /// @param announces whether our record has changed
  void connections_changed(instant now, mesh_model_effects& out,
                           bool announces = true);
  /// Takes the connection out of our record, or puts it back.
  void list_again(own_connection& x, std::optional<instant> leaves_at,
                  instant now);
  /// The connection that may end now; nullopt if there is none.
  std::optional<connection_id>
  due_to_leave(const std::vector<connection_id>& chosen, instant now);
  void wake_to_leave(std::optional<instant>& at) const;
  /// Call this with a neighbour's own record, if it has just sent one. If the
  /// record no longer lists the connection to us, the neighbour has given it
  /// up, and so do we.
  void heed(const encoded_record& of_neighbour, instant now);
  bool lists_no_longer(slot who) const;
  void leave_with_remotes(instant now, mesh_model_effects& out);

  // -- updates of other peers

  caf::expected<staged_update> stage(byte_view update, peer_name from);
  /// Reads the record of `peer`, whose summary `reader` has just returned.
  /// @returns false if the reader failed.
  bool stage_record(wire::topology_update_reader& reader,
                    const peer_summary& peer, peer_name from,
                    staged_update& out);
  /// Reads the connections of `peer` from `reader`, and encodes the record.
  /// Nullopt if the reader failed.
  std::optional<peers::received_record>
  read_record(wire::topology_update_reader& reader, const peer_summary& peer);
  void release_scratch() noexcept;
  /// Whether whoever has `received` needs no record of ours about `who`.
  bool needs_no_other(slot who, const encoded_record& received);
  void note_record_about_us(const encoded_record& reported, staged_update& out);
  applied_update apply(staged_update& update, instant now,
                       mesh_model_effects& out, wanted_of_update wanted,
                       peer_name from);
  applied_update to_pass_on(staged_update& update, std::vector<slot> news,
                            const std::vector<slot>& found, instant now,
                            wanted_of_update wanted, peer_name from);
  /// Whether a record with the version and UID of `x` replaces our record of
  /// `who`, whatever the new record contains.
  bool is_news(slot who, const record_edition& x) const;
  /// Stores a record if it supersedes the one that we have.
  /// @returns false if the record does not supersede ours, or would exceed
  ///          `limits`.
  bool apply_record(staged_record& x, const record_limits::totals& limits,
                    instant now, mesh_model_effects& out);
  /// Adds us to `subjects`, the peers whose records are passed on, if our own
  /// record has changed and has not been announced yet. Otherwise a receiver
  /// might see no path to the other subjects and forget them. Our record is not
  /// added if it is large for the size of the mesh, such as that of the hub of
  /// a large star.
  void add_own_record(std::vector<slot>& subjects);
  void edges_changed(slot who, const adjacency& before,
                     mesh_model_effects& out);
  /// To be called when peers have been added. From now on, other peers'
  /// connections to the peers in `created` refer to these peers by slot.
  void peers_added(const std::vector<slot>& created, mesh_model_effects& out);
  /// Makes our own record newer than `x`, which another peer has made.
  void outlive(const record_about_us& x, instant now, mesh_model_effects& out);
  /// The highest version of a record of this peer that we accept.
  std::uint64_t max_version_about(peer_name who) const;
  /// Whether we have outlived a record so recently that a peer whose clock is a
  /// little behind ours would ignore our new record.
  bool is_ahead_of_clocks(instant now) const;

  /// Our connection to each peer, by slot.
  /// @param chosen our connections to addresses that discovery has found
  std::vector<tie> ties(const std::vector<connection_id>& chosen) const;
  /// For each of these peers, the address of our connection to it. If there is
  /// no connection, the address that most records have; `{}` if none is known.
  std::vector<ip_address> addresses_of(const std::vector<slot>& all,
                                       std::uint16_t default_port) const;

  // -- limits

  /// To be called for each update. Adds its size to `unspent_bytes`, which pay
  /// for searches for peers to drop. So small updates cannot cause many
  /// searches, which take time.
  /// @returns the limits that hold until `make_room` is called. They are larger
  ///          than usual if the bytes suffice for a search.
  record_limits::totals limits_for(byte_view update);
  std::size_t most_unspent_bytes() const noexcept;
  std::size_t search_cost() const noexcept;
  bool exceeds_limits() const noexcept;
  /// If `unspent_bytes` sufficed for a search and the limits are exceeded,
  /// drops peers until the limits hold.
  void make_room(staged_update& update, std::vector<slot>& news,
                 const kept_views& before, mesh_model_effects& out);
  std::vector<slot> beyond_limits() const;
  void drop(const std::vector<slot>& gone, const std::vector<slot>& created,
            std::size_t joined_before, mesh_model_effects& out);

  // -- consequences of a change

  void ourselves_changed(peer_summary ourselves, instant now);
  void records_changed() noexcept;
  void graph_changed(mesh_model_effects& out);
  void move_claim(peer_name who, std::optional<short_id> from,
                  std::optional<short_id> to, mesh_model_effects& out);
  /// Draws another short ID if a peer with a lower name owns ours.
  void choose_alias(instant now, mesh_model_effects& out);
  void collect(const std::vector<slot>& gone, instant now,
               mesh_model_effects& out);

  // -- closing reports

  bool can_matter(const closing& x, peer_name reporter) const;
  bool lists_us(slot who) const;
  bool has_closed_all(slot who, const closing_reports::reporters& by) const;
  /// Reports that an unreachable peer has left if its neighbours have reported
  /// that it has closed their connections.
  void tell_if_closed(const closing& x, const closing_reports::reporters& by,
                      mesh_model_effects& out);
  void tell_closed(instant now, mesh_model_effects& out);
  /// Finds out which peers are reachable. Reports that a peer has joined if it
  /// was reported as left and is reachable again.
  /// @returns the peers that have become reachable
  std::vector<slot> refresh(instant now, mesh_model_effects& out);
  /// Reports that a peer has left, unless that has been reported already.
  void tell_left(const peer_summary& x, mesh_model_effects& out);

  // -- news that is gathered

  /// Whether news is gathered instead of being passed on immediately.
  bool gathers(instant now) const;
  void gather(const std::vector<slot>& subjects, peer_name from, instant now);
  std::vector<peer_name> all_neighbours() const;
  /// Chooses the neighbours for which news is gathered.
  std::vector<peer_name> targets();
  routes_ptr routes_now();

  // -- records to send

  /// The records of those subjects that are reachable and have a record; null
  /// if there are none.
  std::shared_ptr<peer_records> records_of(std::vector<slot> subjects);
  bool is_sent(slot who) const;
  const record_index& records_by_name();
  /// For each slot, the position of its peer in a search of the mesh that
  /// starts from us.
  std::vector<std::uint32_t> search_order() const;

  local_identity self;
  mesh_model_options options;
  std::mt19937_64 rng;
  peers known;
  short_ids aliases;
  reachability reachable;
  announcements to_announce;
  closing_reports closings;
  name_contests contests;
  degree_control degrees;
  news_spreading spreading;
  std::size_t without_digests = 0; // neighbours that understand no digests
  std::set<peer_name> told_left;   // known, unreachable, reported as left
  std::map<peer_name, own_connection> connections;
  std::set<peer_name> given_up_by_remote; // a part of those with `leaves_at`
  std::unordered_map<connection_id, peer_name> names_by_connection;
  std::uint64_t generation = 0;
  wall_time date = earliest_wall_time;
  std::size_t unspent_bytes;     // bytes of updates not yet spent on searches
  unsigned outlived_records = 0; // replaced records of us with other UIDs
  std::optional<instant> outlived_at; // when we last outlived a record of us
  std::vector<wire::connection_view> scratch; // kept to reuse its memory
  routes_ptr current;                         // null until computed
  // Null until built. `records_changed` makes them null again. The model itself
  // does not keep `all_records` in memory, because it needs them only for new
  // neighbours, and for neighbours that do not understand digests.
  std::weak_ptr<const peer_records> all_records;
  record_index_ptr index;
};

} // namespace cafmesh
