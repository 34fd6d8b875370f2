#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

/// Limits the number of surrogate channels, which this node only relays, and
/// chooses the channel that ends if there are too many.
namespace cafmesh {

/// The time at which a surrogate channel was last used. The channel's actor
/// writes the time. The router reads it to find idle channels and the least
/// recently used channel. Thread-safe.
class channel_usage {
public:
  explicit channel_usage(instant now) noexcept
      : last_(now.time_since_epoch().count()) {
  }
  void touch(instant now) noexcept {
    last_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }
  instant last() const noexcept {
    return instant{duration{last_.load(std::memory_order_relaxed)}};
  }

private:
  std::atomic<duration::rep> last_;
};

using channel_usage_ptr = std::shared_ptr<channel_usage>;

/// Limits the surrogate channels of a node, which the node only relays. A peer
/// can make up any number of channel names, but must not crowd out the channels
/// of other peers. So each neighbour may have at most half as many channels as
/// the limit allows (but at least one). A neighbour with more loses its own
/// least recently used channel. If all neighbours together have too many
/// channels, the neighbour with the most loses its least recently used channel.
/// A channel that ends while in use starts again with its next message.
class surrogate_limit {
public:
  /// Limit how fast a neighbour may start channels, each of which takes one or
  /// more tokens (see `senders_per_name`). A neighbour may spend
  /// `names_at_once` tokens at once, and gains one per `interval_per_name`.
  /// Starting a channel costs some 50 µs.
  static constexpr std::uint32_t names_at_once = 512;
  static constexpr duration interval_per_name = std::chrono::milliseconds{1};

  /// A channel also costs the node one sender actor per neighbour. So a new
  /// channel takes one token, plus one for every `senders_per_name` neighbours,
  /// but at most half of `names_at_once`.
  static constexpr std::size_t senders_per_name = 4;

  explicit surrogate_limit(std::size_t most);

  struct room {
    channel_usage_ptr usage;         ///< null if refused
    std::optional<std::string> ends; ///< a channel that has to end
  };

  /// Adds a channel. If the node or the neighbour has reached its limit,
  /// removes another channel, which the caller has to end. Refuses the new
  /// channel only if the limit is 0 or the neighbour names channels too fast.
  /// @param neighbours the number of neighbours of the node
  /// @param usage the usage of the channel if it exists already; null for a new
  ///        channel
  /// @pre the channel has not been added, or has been removed since
  room add(const std::string& name, peer_name neighbour, instant now,
           std::size_t neighbours = 0, channel_usage_ptr usage = nullptr);

  /// Does nothing if the channel was not added.
  void remove(const std::string& name);

  /// Removes and returns the channels that have not been used for at least
  /// `limit`.
  std::vector<std::string> take_idle(duration limit, instant now);

  std::size_t size() const noexcept {
    return channels_.size();
  }

private:
  struct known {
    peer_name neighbour;
    channel_usage_ptr usage;
  };
  struct namer {
    token_bucket names;
    std::size_t channels = 0;
  };
  using namers = std::map<peer_name, namer>;

  std::string least_recent_of(peer_name neighbour) const;
  peer_name greatest_namer() const;

  std::size_t most_;
  std::size_t most_for_each_;
  std::map<std::string, known> channels_;
  namers namers_; // the neighbours that have at least one channel
};

} // namespace cafmesh
