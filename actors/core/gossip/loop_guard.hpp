#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <cafmesh/bytes.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The neighbour that sends us the broadcasts of some source, according to our
/// routes.
struct expected_sender {
  std::optional<peer_name> now;
  /// The expected sender before the last change, if we know it.
  std::optional<peer_name> before;
  /// Whether `now` has been the expected sender for so long that no message
  /// from an earlier one can still be on its way.
  bool is_steady = false;
  /// Whether any neighbour may be the next sender, as for unicasts: our routes
  /// do not tell which neighbour relays a unicast to us.
  bool is_any = false;
};

/// Detects messages that go round in a loop, which can happen while peers have
/// different views of the mesh. Remembers for `memory` which messages were
/// passed on, and which neighbour each came from. If the same bytes come from a
/// different neighbour, they have gone round a loop. If an honest peer sends a
/// message twice, both copies come from the same neighbour, unless routes
/// change in between. See PROTOCOL.md, "Gossip channels".
class loop_guard {
public:
  /// How long a message is remembered, unless a later one takes its place.
  static constexpr duration memory = std::chrono::milliseconds{1500};
  /// The maximum number of messages that are remembered. Each takes 16 bytes.
  static constexpr std::size_t most = 16 * 1024;

  /// How often a message may be repeated while it is remembered, if routes
  /// change and the expected sender is not steady.
  static constexpr std::uint8_t most_repeats = 16;

  /// @param seed determines the keys of the digests; secret and random.
  explicit loop_guard(std::uint64_t seed) noexcept;

  /// Which bytes of a message of more than 1 KiB are compared: all, or 16 parts
  /// of 64 bytes each. For broadcasts, all are compared: a member that sees a
  /// broadcast early could send a changed copy, and other peers would drop the
  /// true message. For unicasts, parts are enough: a member that sees a unicast
  /// early is on its path and could drop it anyway.
  enum class compared : std::uint8_t { all, parts };

  using sender_function = std::function<expected_sender()>;

  /// Whether to pass the message on. Remembers a message that may pass.
  /// @param sender called only if the message is already remembered. Empty if
  ///        routes have settled: then the neighbour that sent the message first
  ///        may repeat it any number of times, and no other may send it
  bool may_pass(byte_view message, const peer_name& from, instant now,
                compared extent, const sender_function& sender = {});

  /// Releases memory if `may_pass` was not called recently.
  void relax(instant now);

  /// The memory in use, in bytes.
  std::size_t size() const noexcept {
    return places_.size() * sizeof(place);
  }

private:
  struct place {
    std::uint64_t digest = 0;
    // A hash of the neighbour's name. The lowest byte counts the repetitions
    // that `most_repeats` limits.
    std::uint32_t neighbour_and_count = 0;
    std::uint32_t seen_ms = 0; // 0 if the place is free
  };
  static constexpr std::size_t least = 64;
  // The number of places of the table in which a message may be kept. With only
  // one place, up to a quarter of the messages would soon be forgotten, and
  // those messages could loop for ever.
  static constexpr std::size_t choice = 4;

  std::uint64_t digest_of(byte_view message, compared extent) const noexcept;
  std::uint64_t hash_lanes(byte_view x) const noexcept;
  std::uint32_t mark_of(const peer_name& neighbour) const noexcept;
  bool may_repeat(place& x, const peer_name& from,
                  const expected_sender& sender) const noexcept;
  place& place_of(std::uint64_t digest, std::uint32_t now) noexcept;
  void make_room(std::uint32_t now);
  void resize(std::size_t size);

  std::uint64_t first_key_;
  std::uint64_t second_key_;
  // The number of places is a power of two. A message is forgotten early if
  // another one takes its place.
  std::vector<place> places_;
  std::size_t in_window_ = 0; // messages since `window_begin_`
  std::uint32_t window_begin_ = 0;
  instant latest_{};
};

} // namespace cafmesh
