#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/record_limits.hpp"
#include "actors/core/mesh/slot_index.hpp"
#include "actors/core/mesh/unresolved_edges.hpp"
#include "messages/wire/topology_update.hpp"
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// All known peers and their records. A slot is a peer's index; ours is 0.
class peers {
public:
  static constexpr slot self = 0;
  static constexpr slot none = slot_index::none;

  /// @param key the key for hashing names. It must be random, so that no remote
  ///        can choose names whose hashes collide.
  /// @param sharing null if records are not shared with other nodes.
  explicit peers(peer_summary ourselves, std::uint64_t key = 0,
                 std::shared_ptr<record_sharing> sharing = nullptr);

  /// The number of peers, including ourselves.
  std::size_t size() const noexcept {
    return index_.size();
  }

  /// The number of connections in all records.
  std::size_t edge_count() const noexcept {
    return edge_count_ + unresolved_.size();
  }

  /// The number of slots, in use or free.
  std::size_t slot_count() const noexcept {
    return entries_.size();
  }

  /// The slot of a peer; `none` if no peer has this name.
  slot find(const peer_name& name) const;

  /// Returns the slot of a peer. If the peer is unknown, adds it without a
  /// record, and appends its slot to `created`. Until `resolve` is called,
  /// other peers' connections to it have only its name.
  slot obtain(const peer_name& name, std::vector<slot>& created);

  /// Removes a peer. Its slot becomes free.
  /// @pre the peer is not ourselves, and no connection of a remaining peer
  ///      leads to it
  void erase(slot who);

  const peer_summary& summary(slot who) const noexcept {
    return entries_[who].summary;
  }
  const adjacency& connections(slot who) const noexcept {
    return entries_[who].connections;
  }

  /// The number of connections that the peer reports, including those to peers
  /// that are known by name alone.
  std::size_t degree(slot who) const {
    return connections(who).edges().size() + unresolved_.of(who).size();
  }

  /// Replaces our own summary, or that of a peer without connections.
  /// @pre the name stays the same
  void replace(slot who, peer_summary summary);

  /// Replaces our own connections with `xs`.
  /// @pre the remotes in `xs` are known, and sorted by name
  void replace_own(std::vector<connection_summary> xs);
  /// The same if our record leaves out some of our connections.
  /// @param all those in `listed` and the others
  void replace_own(std::vector<connection_summary> listed, edge_list all);

  /// A record as it arrived in an update.
  struct received_record {
    peer_summary peer;
    /// The connections in the record, sorted by remote.
    std::vector<wire::connection_view> connections;
    encoded_record encoded; ///< if none, `replace` encodes it
  };

  /// Replaces another peer's record. Connections to unknown peers are kept by
  /// name (`unresolved_edges`).
  /// @returns false, with nothing changed, if all records would then have too
  ///          many connections. A record that has no more connections than the
  ///          peer's old one is always accepted.
  bool replace(slot who, received_record x,
               const record_limits::totals& limits = {});

  /// From now on, connections to the peers in `created` refer to these peers by
  /// slot.
  void resolve(const std::vector<slot>& created);

  /// Erases peers. The connections of other peers to them are then kept by
  /// name. Connections beyond `most_unresolved` are left out, although the
  /// encoded records still have them. Takes time in O(peers + connections).
  /// @param gone without duplicates; neither we ourselves nor our neighbours.
  void drop(const std::vector<slot>& gone, std::size_t most_unresolved);

  /// The number of connections to peers that are known by name alone.
  std::size_t unresolved_count() const noexcept {
    return unresolved_.size();
  }
  std::size_t unresolved_count(slot owner) const {
    return unresolved_.of(owner).size();
  }

  struct link {
    slot to; ///< `none` if the peer is known by name alone
    wire::connection_view content;
  };

  /// The connections of a peer with their addresses, sorted by remote. Reads
  /// the encoded record. The addresses are views that are valid until the
  /// record changes.
  std::vector<link> links(slot who) const;

  peer_record record(slot who) const;

  /// The record as it is sent. Encoded on demand, and kept until it changes.
  const encoded_record& encoded(slot who);

  /// Encodes a record, or returns the equal record of another node.
  encoded_record encode(const peer_summary& peer,
                        const std::vector<wire::connection_view>& connections);

  /// Frees the memory for encoding records if a long record has made it large.
  void release_scratch() noexcept;

  /// All slots in use, sorted by peer name.
  const std::vector<slot>& by_name() const;

  /// The names and slots of all peers. Returns the same object until peers are
  /// added or removed.
  const std::shared_ptr<const roster>& current_roster() const;

  /// A snapshot that shares the adjacencies with this object. Takes time in
  /// O(peers).
  mesh_graph graph() const;

  /// For each slot, whether its peer can be reached from any of `roots`. A
  /// connection from X to Y counts if X reports it.
  /// @pre `roots` has no duplicates.
  std::vector<std::uint8_t> reachable_from(std::vector<slot> roots) const;

  /// If many peers were erased, frees their memory. Slots other than our own
  /// may then change.
  /// @returns the new slot of each old slot, `none` for free slots; empty if
  ///          nothing has changed.
  std::vector<slot> compact();

  /// Whether a path leads from `who` to us over connections that both ends
  /// report as established.
  bool has_established_path(slot who) const;

private:
  struct entry {
    peer_summary summary;
    adjacency connections;
    encoded_record encoded;
  };

  std::uint32_t hash_of(const peer_name& x) const noexcept {
    return static_cast<std::uint32_t>(x.hash(key_));
  }
  std::vector<wire::connection_view> views_of_own() const;
  void set_connections(slot who, adjacency connections);
  adjacency shared(adjacency x);
  void insert_by_name(slot added);
  /// Makes connections of `owner` refer to their remotes by slot. Until now,
  /// these remotes were known by name alone.
  /// @param named the remotes of these connections, sorted by name.
  void resolve_edges(slot owner, const std::vector<slot>& named);
  /// Removes the connections of `owner` to each peer `x` for which `goes[x]` is
  /// 1.
  void remove_edges(slot owner, const std::vector<std::uint8_t>& goes,
                    std::size_t most_unresolved);

  // A deque grows in small chunks. A vector would leave up to half of its
  // capacity unused.
  std::deque<entry> entries_;
  std::vector<slot> free_;
  unresolved_edges unresolved_;
  std::size_t edge_count_ = 0; // without unresolved edges
  // Short adjacencies that were set lately, to be shared by peers with the same
  // connections, such as the leaves of a star.
  std::array<adjacency, 4> recent_;
  std::size_t oldest_recent_ = 0;
  std::uint64_t key_;
  slot_index index_;
  mutable std::vector<slot> by_name_;            // empty until sorted
  mutable std::shared_ptr<const roster> roster_; // null until built
  std::vector<connection_summary> own_;
  std::shared_ptr<record_sharing> sharing_;
  bytes scratch_; // kept to reuse its memory
};

} // namespace cafmesh
