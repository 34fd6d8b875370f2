#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <cafmesh/bytes.hpp>
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// How recent a peer's record is.
struct record_edition {
  std::uint64_t version = 0;
  peer_uid uid = peer_uid::none;
  bool has_alias = false;
};

record_edition edition_of(const peer_summary& x) noexcept;

/// Whether a record of edition `x` replaces one of edition `y`: `x` has a
/// higher version; else a higher UID; else a short ID that `y` lacks. See
/// PROTOCOL.md, "Precedence".
bool supersedes(const record_edition& x, const record_edition& y) noexcept;

/// A peer's record, encoded once and used for many updates.
struct encoded_record {
  peer_name name;
  record_edition edition;
  bytes data; ///< as wire::write_peer_record writes it
};

using encoded_record_ptr = std::shared_ptr<const encoded_record>;

/// Whether record `x` of a peer replaces record `y` of that peer. Two records
/// of one edition, which no honest peer makes, are compared by their bytes: the
/// greater record stays, so that all peers keep the same record.
bool supersedes(const encoded_record& x, const encoded_record& y) noexcept;

/// The records of some peers as gossip data of the channel `topology`.
class peer_records : public gossip_data {
public:
  /// The maximum size of an update in bytes, below a frame's. A larger record
  /// is sent alone.
  static constexpr std::size_t max_update_size = 9 * 1024 * 1024;

  /// @param records sorted by name, each name once; none is null.
  explicit peer_records(std::vector<encoded_record_ptr> records);

  const std::vector<encoded_record_ptr>& records() const noexcept {
    return records_;
  }

  /// The size in bytes of all records, without type definitions.
  std::size_t size() const noexcept;

  std::vector<payload> encode() const override;

  /// Merges the records. If both sides have a record of the same peer, the
  /// newer one stays.
  gossip_data_ptr merge(const gossip_data& other) const override;

  /// False: a record names its peer, so the source of a broadcast does not
  /// matter.
  bool depends_on_source() const override {
    return false;
  }

private:
  std::vector<encoded_record_ptr> records_;
};

} // namespace cafmesh
