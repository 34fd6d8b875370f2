#pragma once

#include <cstdint>
#include <deque>
#include <unordered_set>

#include <cafmesh/bytes.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Remembers what a surrogate channel relayed lately, so that gossip it does
/// not understand is not passed on twice (protocol section 5). Holds keyed
/// 64-bit digests instead of the bytes; nobody without the key can aim at one.
/// Bounded: beyond `capacity` entries the oldest is forgotten.
class recently_seen {
public:
  /// @param memory how long an update counts as seen: one gossip interval.
  recently_seen(duration memory, std::uint64_t key,
                std::size_t capacity = 64 * 1024);

  /// Whether these bytes are new, or were seen longer ago than `memory`;
  /// remembers them.
  bool is_new(byte_view update, instant now);

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
