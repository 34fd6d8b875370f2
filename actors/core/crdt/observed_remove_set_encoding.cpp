#include <algorithm>
#include <string>
#include <utility>

#include "actors/core/crdt/dot_bytes.hpp"
#include "actors/core/crdt/number_ranges.hpp"
#include "actors/core/crdt/set_message.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/observed_remove_set.hpp>

// Encodes an `observed_remove_set` into messages, and decodes messages.
namespace cafmesh {

// Limits on the size of a message that is being made. The sizes of its items
// are upper estimates.
struct observed_remove_set::message_limits {
  std::size_t full; // a message above this size takes no more
  std::size_t most; // no element may raise a message above this size
};

// The remaining size of the content of a message, in bytes as `set_message`
// counts them.
struct observed_remove_set::read_limits {
  std::size_t room;
};

namespace {

constexpr std::size_t full_set_message = 512 * 1024;
constexpr std::size_t max_set_message = 1024 * 1024;

// The size of the messages of `take_part`.
constexpr std::size_t set_part_size = 64 * 1024;

// Greater than all dots.
constexpr set_dot after_all{peer_uid{UINT64_MAX}, UINT64_MAX};

static_assert(full_set_message + observed_remove_set::max_element_size
                + set_message::range_size + set_message::number_size
              <= max_set_message);

// The most that a replica puts into a message. The last element, and the ranges
// before and after it, may go beyond `full_set_message`. Larger messages are
// refused, so a forged message takes limited memory before the set's limit is
// checked.
constexpr std::size_t most_in_message =
  full_set_message + observed_remove_set::max_element_size
  + set_message::number_size + 2 * set_message::range_size;

constexpr std::uint64_t max_number = INT64_MAX;

caf::error malformed_set(const char* what) {
  return make_error(errc::malformed, std::string{"set: "} + what);
}

caf::error too_large_for_set(const char* what, std::size_t size,
                             std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{"set: "} + what + " of " + std::to_string(size)
                      + " bytes, the limit is " + std::to_string(limit));
}

// Subtracts `count` parts of `size` bytes each from `room`.
caf::error take_off(std::size_t& room, std::uint64_t count, std::size_t size) {
  if (count > room / size)
    return make_error(errc::too_large, "set: a message that says more than "
                                         + std::to_string(most_in_message)
                                         + " bytes can");
  room -= static_cast<std::size_t>(count) * size;
  return {};
}

caf::error read_ranges(wire::gob_cursor& in, number_ranges& out,
                       std::size_t& room) {
  auto count = in.read_uint();
  if (count == 0)
    return malformed_set("a peer without numbers");
  if (auto err = take_off(room, count, set_message::range_size))
    return err;
  std::uint64_t before = 0;
  for (; count > 0 && in.ok(); --count) {
    auto gap = in.read_uint();
    auto more = in.read_uint();
    // Subtracts instead of adding, because the sum of the numbers could
    // overflow.
    if (gap >= max_number - before || more > max_number - before - gap - 1
        || (gap == 0 && before != 0))
      return malformed_set("numbers that do not ascend or go too far");
    auto first = before + gap + 1;
    before = first + more;
    if (in.ok())
      out.insert(first, before);
  }
  return in.ok() ? caf::error{} : malformed_set("a range is cut off");
}

} // namespace

std::vector<payload> observed_remove_set::encode() const {
  std::vector<payload> result;
  dot from;
  const message_limits limits{full_set_message, max_set_message};
  for (auto x = next_message(from, {}, limits); !x.empty();
       x = next_message(from, {}, limits))
    result.push_back(std::move(x));
  return result;
}

payload observed_remove_set::take_part(key_range& x) const {
  auto from = dot_of(x.first);
  const auto end =
    x.end ? std::optional<dot>{dot_of(*x.end)} : std::optional<dot>{};
  auto result = next_message(from, end, {set_part_size, set_part_size});
  x.first = key_of(from);
  return result;
}

// Makes a message about the dots between `from` and `end`, and moves `from`
// past the last dot in the message. The message is empty if no dot between
// `from` and `end` is known.
payload observed_remove_set::next_message(dot& from,
                                          const std::optional<dot>& end,
                                          const message_limits& limits) const {
  set_message result;
  const auto* across = known_.range_at(from);
  auto range = known_.all().lower_bound(across ? across->first : from);
  auto x = present_.lower_bound(from);
  for (; range != known_.all().end(); ++range) {
    const auto who = range->first.who;
    dot next = std::max(range->first, from);
    auto last = range->second.last;
    if (end && !(next < *end))
      break;
    if (end && who == end->who)
      last = std::min(last, end->number - 1);
    for (; x != present_.end() && !(dot{who, last} < x->first); ++x) {
      if (!result.has_room_for(x->second, limits.most)) {
        from = next;
        return result.finish();
      }
      result.add(next, x->first.number);
      result.add(x->first.number, x->second);
      next.number = x->first.number + 1;
      if (result.size() > limits.full) {
        from = next;
        return result.finish();
      }
    }
    if (next.number <= last)
      result.add(next, last);
    if (result.size() > limits.full) {
      from = {who, last + 1};
      return result.finish();
    }
  }
  from = end ? std::max(from, *end) : after_all;
  return result.finish();
}

caf::expected<observed_remove_set>
observed_remove_set::decode(byte_view input) const {
  if (input.size() > max_set_message)
    return too_large_for_set("message", input.size(), max_set_message);
  if (input.empty() || input[0] != observed_remove_set_format)
    return malformed_set("another format than 1");
  auto result = empty_change();
  const auto limit = reachable(date_, max_additions_per_second);
  wire::gob_cursor in{input.sub(1)};
  read_limits limits{most_in_message};
  std::uint64_t last_uid = 0;
  while (!in.at_end()) {
    auto uid = in.read_uint();
    if (!in.ok() || uid <= last_uid)
      return malformed_set("UIDs that do not ascend");
    last_uid = uid;
    if (auto err = result.read_peer(in, peer_uid{uid}, limit, limits))
      return err;
  }
  return result;
}

// Reads the part of a message that concerns one life of a peer. If a range ends
// above `limit`, takes only its present dots up to the limit.
caf::error observed_remove_set::read_peer(wire::gob_cursor& in, peer_uid who,
                                          std::uint64_t limit,
                                          read_limits& limits) {
  number_ranges known;
  if (auto err = read_ranges(in, known, limits.room))
    return err;
  std::vector<std::pair<dot, std::uint64_t>> honest;
  for (const auto& [first, last] : known.ranges())
    if (last <= limit)
      honest.emplace_back(dot{who, first}, last);
  known_.insert(honest);
  auto count = in.read_uint();
  if (auto err = take_off(limits.room, count, set_message::number_size))
    return err;
  for (std::uint64_t number = 0; count > 0 && in.ok(); --count) {
    auto step = in.read_uint();
    auto element = in.read_run();
    if (step == 0 || step > max_number - number
        || !known.contains(number += step))
      return malformed_set("an element without a number of its own");
    if (element.size() > max_element_size)
      return too_large_for_set("element", element.size(), max_element_size);
    if (auto err = take_off(limits.room, element.size(), 1))
      return err;
    if (number > limit)
      continue;
    const dot x{who, number};
    if (known.last() > limit)
      learn(x);
    put(x, element.as_text(), summary::digest_of(x, element.as_text()));
  }
  return in.ok() ? caf::error{}
                 : malformed_set("a peer's elements are cut off");
}

caf::error observed_remove_set::load(byte_view input) {
  auto stored = decode(input);
  if (!stored)
    return std::move(stored.error());
  const auto limit = std::exchange(limit_, unlimited);
  merge(*stored);
  limit_ = limit;
  return {};
}

} // namespace cafmesh
