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

/// When a surrogate channel was last used. The channel's actor writes the time,
/// and the router reads it to choose the least recently used channel.
/// Thread-safe.
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

/// Limits the surrogate channels of a node, which the node only relays. Any
/// peer can name new channels, but must not crowd out the channels of other
/// peers. Beyond the limit, the neighbour that named the most channels loses
/// its least recently used channel. One neighbour may have at most half of all
/// channels. A channel that ends while in use starts again with its next
/// message.
class surrogate_limit {
public:
  /// A neighbour may name this number of new channels without a pause, then one
  /// per interval. Starting a channel costs some 50 µs.
  static constexpr std::uint32_t names_at_once = 512;
  static constexpr duration interval_per_name = std::chrono::milliseconds{1};

  /// A channel also costs the node one actor per neighbour. So a new channel
  /// counts as one name, plus one name for every `senders_per_name`
  /// neighbours.
  static constexpr std::size_t senders_per_name = 4;

  explicit surrogate_limit(std::size_t most);

  struct room {
    channel_usage_ptr usage;         ///< null if there is no room
    std::optional<std::string> ends; ///< a channel that has to end
  };

  /// Adds a channel. At the limit, removes another channel to make room, and
  /// the caller has to end that channel. Refuses the new channel only if the
  /// limit is 0 or the neighbour names channels too fast.
  /// @param neighbours the number of neighbours of the node
  /// @param usage the usage of the channel if it exists already; null for a new
  ///        channel
  /// @pre the channel has not been added, or was removed
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
