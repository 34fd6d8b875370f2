#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// The header of a document describes one version of the document. A document
/// belongs to one life of a peer, from a start to its end, and only that peer
/// writes it.
namespace cafmesh::names {

/// One life of a peer, from its start to its end. Each start draws a new UID.
struct life {
  peer_name peer;
  peer_uid uid = peer_uid::none;
};

inline bool operator==(const life& x, const life& y) noexcept {
  return x.peer == y.peer && x.uid == y.uid;
}
inline bool operator!=(const life& x, const life& y) noexcept {
  return !(x == y);
}
inline bool operator<(const life& x, const life& y) noexcept {
  return x.peer < y.peer || (x.peer == y.peer && x.uid < y.uid);
}

struct header {
  life of;
  std::uint64_t version = 0; ///< 0: nothing was ever published
  std::string node;          ///< CAF's node ID of this life, or empty
  std::uint64_t count = 0;   ///< the number of entries
  fingerprint content;       ///< the hash of the entries' `digest_sum`
};

bool operator==(const header& x, const header& y);

/// Whether both describe the same entries and node ID, even in different
/// versions.
bool same_content(const header& x, const header& y);

/// Whether `x` replaces `y`, because it has a higher version. Only a dishonest
/// peer makes two different documents of the same version. In this case the
/// content decides, so that all peers choose the same document.
/// @pre both headers are of the same life
bool supersedes(const header& x, const header& y);

/// The sum of the digests of several headers. Two peers compare such sums to
/// find the headers in which they differ.
struct header_summary {
  using digest = fingerprint;
  header_summary() = default;
  header_summary(const header& x, fingerprint of);
  header_summary& operator+=(const header_summary& x);
  header_summary& operator-=(const header_summary& x);
  void clear_bounds() {
  }
  void widen_bounds(const header&) {
  }
  static fingerprint digest_of(std::string_view key, const header& x);

  digest_sum content;
};

/// Headers of documents. The key of a header `x` is `key_of(x.of)`.
using header_map = persistent_map<header, header_summary>;

/// The key of a life. Keys sort in the same order as lives, provided that all
/// peer names have the same flavour.
std::string key_of(const life& x);

} // namespace cafmesh::names
