#pragma once

#include <cstdint>
#include <deque>
#include <unordered_set>

#include <cafmesh/bytes.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Remembers what this node relayed recently on channels that it has not
/// joined, so that it does not pass on the same gossip twice (PROTOCOL.md,
/// "Surrogate channels"). Stores 64-bit digests. They are keyed, so that nobody
/// without the key can find two messages with the same digest. Beyond
/// `capacity` entries, of some 130 bytes each, the oldest is forgotten.
class recently_seen {
public:
  /// @param memory how long a message counts as seen. It must be clearly
  ///        shorter than a gossip interval, so that unchanged state is passed
  ///        on in each interval.
  /// @param key makes the digests unpredictable; secret and random.
  recently_seen(duration memory, std::uint64_t key,
                std::size_t capacity = 64 * 1024);

  /// Whether these bytes were not seen within `memory`. New bytes are
  /// remembered. Seeing bytes again does not extend the time.
  bool is_new(byte_view update, instant now);

  /// Like `is_new`, for bytes that are given by their digest.
  bool note(std::uint64_t digest, instant now);

  std::size_t size() const noexcept;

private:
  struct entry {
    std::uint64_t digest;
    instant seen;
  };
  void forget_oldest();

  duration memory_;
  std::uint64_t key_;
  std::size_t capacity_;
  std::deque<entry> entries_; // oldest first
  std::unordered_set<std::uint64_t> digests_;
};

} // namespace cafmesh
