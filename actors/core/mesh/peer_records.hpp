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

/// Whether `x` takes the place of `y` (protocol section 6): a higher version,
/// else a higher UID, else a short ID that was lacking.
bool supersedes(const record_edition& x, const record_edition& y) noexcept;

/// A peer's record, encoded once for every update that it goes into.
struct encoded_record {
  peer_name name;
  record_edition edition;
  bytes data; ///< as of wire::append_peer_record
};

using encoded_record_ptr = std::shared_ptr<const encoded_record>;

/// The records of some peers, as gossip on the channel `topology`.
class peer_records : public gossip_data {
public:
  /// Updates stay below this, so that a mesh of any size fits through the
  /// protocol's frames; a single larger record goes alone.
  static constexpr std::size_t max_update_size = 9 * 1024 * 1024;

  /// @param records sorted by name, each name once, none null.
  explicit peer_records(std::vector<encoded_record_ptr> records);

  const std::vector<encoded_record_ptr>& records() const noexcept {
    return records_;
  }

  /// Size of all records, type definitions not counted.
  std::size_t size() const noexcept;

  std::vector<payload> encode() const override;

  /// Of a peer that both hold, the newer record stays.
  gossip_data_ptr merge(const gossip_data& other) const override;

  /// A record says whose it is.
  bool depends_on_source() const override {
    return false;
  }

private:
  std::vector<encoded_record_ptr> records_;
};

} // namespace cafmesh
