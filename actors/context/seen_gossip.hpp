#pragma once

#include <mutex>
#include <string>

#include "actors/core/gossip/recently_seen.hpp"
#include "crypto/keys/keyed_digest.hpp"

namespace cafmesh {

/// Remembers the gossip that a node has recently relayed on channels that it
/// has not joined. All these channels share one object, so its size does not
/// depend on the number of channels. A channel that ends and begins again does
/// not relay the same gossip twice. May be used from any thread.
class seen_gossip {
public:
  seen_gossip(duration half_gossip_interval, std::uint64_t key)
      : key_(key), seen_(half_gossip_interval, key) {
  }

  /// The key with which the digests of a channel's gossip are computed.
  std::uint64_t key_of(const std::string& channel) const {
    return crypto::keyed_digest(byte_view{channel}, key_);
  }

  /// Remembers this gossip.
  /// @param digest the digest of the gossip, computed with the channel's key
  /// @returns whether the gossip was not remembered before
  bool is_new(std::uint64_t digest, instant now) {
    std::lock_guard<std::mutex> guard{mutex_};
    return seen_.note(digest, now);
  }

private:
  const std::uint64_t key_;
  std::mutex mutex_;
  recently_seen seen_;
};

} // namespace cafmesh
