#include "actors/core/gossip/loop_guard.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace cafmesh {

namespace {

// A message up to this size in bytes is always hashed as a whole.
constexpr std::size_t whole_size = 1024;
constexpr std::size_t parts = 16;
constexpr std::size_t part_size = whole_size / parts;
constexpr std::size_t word = sizeof(std::uint64_t);
constexpr std::size_t lanes = 4;
constexpr std::uint32_t count_mask = UINT8_MAX;

constexpr auto window = static_cast<std::uint32_t>(
  std::chrono::duration_cast<std::chrono::milliseconds>(loop_guard::memory)
    .count());

std::uint64_t mixed(std::uint64_t x, std::uint64_t y) noexcept {
  // NOLINTNEXTLINE(modernize-use-using): __extension__ needs a typedef
  __extension__ typedef unsigned __int128 wide;
  auto product = static_cast<wide>(x) * y;
  return static_cast<std::uint64_t>(product)
         ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const std::uint8_t* from, std::size_t size) noexcept {
  std::uint64_t result = 0;
  if (size != 0)
    std::memcpy(&result, from, size);
  return result;
}

std::uint64_t pair_mixed(const std::uint8_t* at, std::uint64_t state,
                         std::uint64_t key) noexcept {
  return mixed(load(at, word) ^ state, load(at + word, word) ^ key);
}

std::uint32_t milliseconds_of(instant x) noexcept {
  auto ms =
    std::chrono::duration_cast<std::chrono::milliseconds>(x.time_since_epoch());
  return static_cast<std::uint32_t>(ms.count()) | 1u; // never 0
}

} // namespace

loop_guard::loop_guard(std::uint64_t seed) noexcept
    : first_key_(mixed(seed ^ 0x9e37'79b9'7f4a'7c15, 0xd1b5'4a32'd192'ed03)),
      second_key_(mixed(seed, 0x8cb9'2ba7'2f3d'8dd7) | 1) {
}

// A remote cannot search for messages with equal digests: the keys are secret
// and differ between nodes, and no digest leaves the node.
std::uint64_t loop_guard::digest_of(byte_view message,
                                    compared extent) const noexcept {
  auto state = first_key_ + message.size();
  auto take = [&](byte_view x) {
    const auto* at = x.data();
    auto left = x.size();
    for (; left > 2 * word; left -= 2 * word, at += 2 * word)
      state = pair_mixed(at, state, second_key_);
    auto first = std::min(left, word);
    state = mixed(load(at, first) ^ state,
                  load(at + first, left - first) ^ second_key_);
  };
  if (message.size() <= whole_size) {
    take(message);
  } else if (extent == compared::all) {
    auto rest = message.size() % (2 * word * lanes);
    state ^= hash_lanes(message.sub(0, message.size() - rest));
    take(message.sub(message.size() - rest));
  } else {
    auto last = message.size() - part_size;
    for (std::size_t i = 0; i < parts; ++i)
      take(message.sub(i * last / (parts - 1), part_size));
  }
  return mixed(state ^ second_key_, first_key_ | 1);
}

// Hashes a multiple of 64 bytes. The states are independent, so that the
// processor can overlap the multiplications.
std::uint64_t loop_guard::hash_lanes(byte_view x) const noexcept {
  std::array<std::uint64_t, lanes> keys{}, states{};
  for (std::size_t i = 0; i < lanes; ++i) {
    keys[i] = mixed(second_key_ + i, first_key_ | 1) | 1;
    states[i] = keys[i] ^ first_key_;
  }
  for (const auto* at = x.begin(); at != x.end();)
    for (std::size_t i = 0; i < lanes; ++i, at += 2 * word)
      states[i] = pair_mixed(at, states[i], keys[i]);
  std::uint64_t result = 0;
  for (auto state : states)
    result = mixed(result ^ state, second_key_);
  return result;
}

bool loop_guard::may_pass(byte_view message, const peer_name& from, instant now,
                          compared extent, const sender_function& sender) {
  latest_ = now;
  auto ms = milliseconds_of(now);
  make_room(ms);
  auto digest = digest_of(message, extent);
  auto& x = place_of(digest, ms);
  if (x.seen_ms == 0 || ms - x.seen_ms >= window || x.digest != digest) {
    x = {digest, mark_of(from), ms};
    return true;
  }
  return sender ? may_repeat(x, from, sender())
                : (x.neighbour_and_count & ~count_mask) == mark_of(from);
}

std::uint32_t loop_guard::mark_of(const peer_name& neighbour) const noexcept {
  return static_cast<std::uint32_t>(neighbour.hash(second_key_)) & ~count_mask;
}

// Whether a message with the same bytes as an earlier one may be passed on. The
// bytes do not tell whether the source has sent the message again or whether it
// has gone round a loop. If it comes from a neighbour that has long been the
// expected sender, the source has sent it again. While the expected sender
// changes, the new sender may be part of a loop, so a message may be repeated
// only a few times.
bool loop_guard::may_repeat(place& x, const peer_name& from,
                            const expected_sender& sender) const noexcept {
  auto& state = x.neighbour_and_count;
  const auto first = state & ~count_mask;
  if (sender.is_any) {
    if (state == mark_of(from))
      return true;
    state = mark_of(from) | (state & count_mask);
  } else if (first != mark_of(from)) {
    if (sender.now != from || sender.is_steady || !sender.before
        || mark_of(*sender.before) != first)
      return false;
    state = mark_of(from) | (state & count_mask);
  } else if (sender.now == from && sender.is_steady) {
    return true;
  }
  if ((state & count_mask) >= most_repeats)
    return false;
  ++state;
  return true;
}

// Returns the place that has the digest. If there is none, returns the oldest
// place in which the digest may be kept. Equally old places take turns.
loop_guard::place& loop_guard::place_of(std::uint64_t digest,
                                        std::uint32_t now) noexcept {
  auto age = [now](const place& x) {
    return x.seen_ms == 0 ? UINT32_MAX : now - x.seen_ms;
  };
  auto* first = &places_[digest & (places_.size() - 1) & ~(choice - 1)];
  auto* result = first + in_window_ % choice;
  for (auto* x = first; x != first + choice; ++x) {
    if (x->digest == digest && x->seen_ms != 0)
      return *x;
    if (age(*x) > age(*result))
      result = x;
  }
  return *result;
}

// Grows the table, up to `most` places, to four places for each message of the
// current window. So few messages are forgotten early. Shrinks the table if the
// last window had few messages.
void loop_guard::make_room(std::uint32_t now) {
  if (now - window_begin_ >= window) {
    if (in_window_ * 16 < places_.size())
      resize(least);
    window_begin_ = now;
    in_window_ = 0;
  }
  ++in_window_;
  if (places_.empty())
    resize(least);
  else if (in_window_ * 4 > places_.size() && places_.size() < most)
    resize(2 * places_.size());
}

void loop_guard::resize(std::size_t size) {
  if (size == places_.size())
    return;
  auto before = std::exchange(places_, std::vector<place>(size));
  for (const auto& x : before)
    if (x.seen_ms != 0)
      place_of(x.digest, x.seen_ms) = x;
}

void loop_guard::relax(instant now) {
  if (now - latest_ > memory)
    places_ = {};
}

} // namespace cafmesh
