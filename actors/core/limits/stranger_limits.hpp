#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/core/addresses/ip_address.hpp"
#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Decides which inbound connections of strangers may stay, and which of them
/// get a log line. A stranger is an unauthenticated remote. Each source has its
/// own quotas, so that a flood from one source does not keep out the others. A
/// source is an `ip_address::source`. Has no clock or sockets of its own.
class stranger_limits {
public:
  struct options {
    std::size_t most = 256;            ///< at least 1
    std::size_t most_per_source = 128; ///< at least 1
    /// Each source may make `burst` connections at once, and after that one per
    /// `interval`. `burst` must be at least 1.
    std::uint32_t burst = 50;
    duration interval = std::chrono::milliseconds{20};
    /// The maximum number of sources with quotas of their own. All further
    /// sources together share the quotas of a single source.
    std::size_t most_sources = 4096;
    std::size_t lines_per_source = 10; ///< per minute
    std::size_t lines = 200;           ///< per minute, from all sources
  };

  struct verdict {
    bool refused = false;
    /// Whether the caller must not log the connection, because the log lines of
    /// this minute are used up. The next report counts the connection.
    bool quiet = false;
    /// The stranger whose connection has to be closed to make room.
    std::optional<connection_id> evicted;
  };

  /// Counts the connections that got no log line of their own, from one source
  /// or from several.
  struct report {
    /// The address of the source, a /64 for IPv6; `other addresses` if the
    /// report is about several sources.
    std::string source;
    std::size_t unlogged = 0;
    std::size_t refused = 0; ///< how many of `unlogged` were refused
  };

  stranger_limits(options opts, instant now);
  stranger_limits(const stranger_limits&) = delete;
  stranger_limits& operator=(const stranger_limits&) = delete;
  ~stranger_limits() = default;

  verdict arrived(const ip_address& who, connection_id id, instant now);

  /// Call this function when the remote has introduced itself or the connection
  /// has ended. Unknown IDs are ignored.
  void release(connection_id id);

  bool has_unlogged() const noexcept {
    return !unlogged_.empty();
  }
  /// How often to call `take_reports`.
  static constexpr std::chrono::minutes report_interval{1};

  /// Returns and resets the counts of connections that got no log line, grouped
  /// by source.
  std::vector<report> take_reports();

  std::size_t strangers() const noexcept {
    return strangers_.size();
  }
  std::size_t sources() const noexcept {
    return sources_.size();
  }

private:
  struct source {
    source(const options& opts, instant now)
        : tokens(opts.burst, opts.interval, now), minute(now) {
    }

    token_bucket tokens;
    std::size_t strangers = 0;
    instant minute; // when `logged` was last reset
    std::size_t logged = 0;
  };
  struct counts {
    std::size_t unlogged = 0;
    std::size_t refused = 0;
  };
  using address = ip_address::raw_bytes;

  source& source_of(const address& who, instant now);
  void forget_idle(instant now);
  bool may_log(source& from, instant now);
  void count_unlogged(const address& who, bool refused);
  std::optional<connection_id> evict_for(const source& newcomer);
  connection_id evict(std::map<connection_id, source*>::iterator i);

  options options_;
  std::map<address, source> sources_;
  source others_;                              // all beyond `most_sources`
  std::map<connection_id, source*> strangers_; // oldest first
  std::map<address, counts> unlogged_;
  counts unlogged_of_others_;
  instant swept_;
  instant minute_; // when `logged_` was last reset
  std::size_t logged_ = 0;
};

} // namespace cafmesh
