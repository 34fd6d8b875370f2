#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/core/gossip/divisible_data.hpp"
#include "actors/core/mesh/kept_fingerprint.hpp"
#include "actors/core/mesh/shared_block.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_record.hpp>

/// Encoded records of peers, and the gossip data of the channel `topology`,
/// which consists of such records.
namespace cafmesh {

/// The edition of a peer's record, which says how recent the record is.
struct record_edition {
  std::uint64_t version = 0;
  peer_uid uid = peer_uid::none;
  bool has_alias = false;
};

record_edition edition_of(const peer_summary& x) noexcept;

/// Whether a record of edition `x` replaces one of edition `y`. The higher
/// version wins, then the higher UID, then a record with a short ID. See
/// PROTOCOL.md, "Precedence".
bool supersedes(const record_edition& x, const record_edition& y) noexcept;

/// A peer's record, encoded once and used for many updates. Immutable; copies
/// share the bytes.
class encoded_record {
public:
  /// No record.
  encoded_record() noexcept = default;

  /// @param data as wire::write_peer_record writes it
  encoded_record(const peer_name& name, const record_edition& edition,
                 byte_view data)
      : record_({name, edition, {}}, data.data(), data.size()) {
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(record_);
  }
  /// @pre there is a record
  const peer_name& name() const noexcept {
    return record_.header().name;
  }
  /// @pre there is a record
  const record_edition& edition() const noexcept {
    return record_.header().edition;
  }
  byte_view data() const noexcept {
    return {record_.begin(), record_.size()};
  }

  /// The fingerprint of the bytes, which all copies share. May be called from
  /// any thread.
  /// @pre there is a record
  fingerprint content() const {
    return record_.header().content.get(data());
  }

  /// Whether both share the same bytes in memory.
  bool shares_with(const encoded_record& other) const noexcept {
    return record_.address() == other.record_.address();
  }
  /// Whether no other object shares these bytes. May be called only if no other
  /// thread uses this object.
  bool is_only_owner() const noexcept {
    return record_.is_only_owner();
  }

private:
  struct description {
    peer_name name;
    record_edition edition;
    kept_fingerprint content;
  };
  shared_block<description, std::uint8_t> record_;
};

/// Lets the nodes of one process share equal records. In a process with many
/// nodes, each of them knows the same records.
class record_sharing {
public:
  virtual ~record_sharing() = default;

  /// Returns a record with this content, either one that another node has or a
  /// new one.
  /// @param data the encoded record. Only these bytes are compared, because
  ///        they determine the name and the edition.
  virtual encoded_record get(const peer_name& name,
                             const record_edition& edition, byte_view data) = 0;
};

/// Whether record `x` of a peer replaces record `y` of that peer. An honest
/// peer makes only one record of each edition. If a dishonest peer makes two,
/// the one whose bytes come later in lexicographic order replaces the other, so
/// that all peers keep the same record.
bool supersedes(const encoded_record& x, const encoded_record& y) noexcept;

/// Messages on the channel `topology` that are not updates, for neighbours that
/// understand digests (PROTOCOL.md, "Digests"). Replies are sent before
/// records, a digest after them, and the end of an answer last.
struct digest_messages {
  /// The maximum number of replies that wait. If there are more, the oldest is
  /// dropped.
  static constexpr std::size_t most_replies = 4;

  std::vector<payload> replies;
  payload digest;           ///< of all records; empty if there is none
  bool ends_answer = false; ///< whether an answer with records ends here

  bool empty() const noexcept {
    return replies.empty() && digest.empty() && !ends_answer;
  }
  void add(const digest_messages& later);
};

/// The records of some peers, as gossip data of the channel `topology`.
class peer_records : public divisible_data {
public:
  /// Updates are split at this size in bytes, which is below the limit on
  /// frames. A larger record is sent in an update of its own.
  static constexpr std::size_t max_update_size = 9 * 1024 * 1024;
  /// The maximum size in bytes of the records in a part that `split` splits
  /// off. A larger record is a part of its own.
  static constexpr std::size_t part_size = 32 * 1024;
  static constexpr std::uint32_t unranked = 0xffff'ffffu;

  /// @param records sorted by name, each name once
  /// @param ranks for each record, its place in the order in which parts are
  ///        sent, or `unranked`; empty if the records must stay together. Our
  ///        own record comes first. The other ranks follow the paths from us,
  ///        because a receiver may drop the record of a peer to which it knows
  ///        no path. Each rank is below the number of slots.
  explicit peer_records(std::vector<encoded_record> records,
                        std::vector<std::uint32_t> ranks = {});
  peer_records(const peer_records& records, digest_messages messages);

  /// Gossip data that has messages but no records.
  static std::shared_ptr<peer_records> only(digest_messages messages);

  const std::vector<encoded_record>& records() const noexcept {
    return records_;
  }

  /// The size in bytes of all records, without the type definitions of gob.
  std::size_t size() const noexcept;

  std::vector<payload> encode() const override;

  /// Merges the records. If both sides have a record of the same peer, the
  /// newer one stays.
  gossip_data_ptr merge(const gossip_data& other) const override;

  /// Splits off records in the order of their ranks; unranked records are in
  /// the last part.
  std::pair<gossip_data_ptr, gossip_data_ptr> split() const override;

  /// A record names its peer, so the source of a broadcast does not matter.
  bool depends_on_source() const override {
    return false;
  }

private:
  std::uint32_t rank(std::size_t i) const noexcept {
    return ranks_.empty() ? unranked : ranks_[i];
  }
  void append(const peer_records& from, std::size_t i, std::uint32_t rank);
  std::vector<std::uint32_t> by_rank() const;

  std::vector<encoded_record> records_;
  std::vector<std::uint32_t> ranks_; // empty or one for each record
  digest_messages messages_;
};

} // namespace cafmesh
