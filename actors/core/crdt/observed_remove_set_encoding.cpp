#include <string>
#include <utility>

#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/observed_remove_set.hpp>

// Encodes an `observed_remove_set` into messages, and decodes messages.
namespace cafmesh {

namespace {

// A message is full once an element makes it larger than this, in bytes.
constexpr std::size_t full_set_message = 512 * 1024;
constexpr std::size_t max_set_message = 1024 * 1024;

// The maximum size in bytes of a peer's UID, its counts and one range of
// numbers.
constexpr std::size_t range_size = 40;
// The maximum size in bytes of an element's number and length.
constexpr std::size_t number_size = 16;
static_assert(full_set_message + observed_remove_set::max_element_size
                + range_size + number_size
              <= max_set_message);

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

void append_ranges(bytes& out, const number_ranges& xs) {
  wire::append_gob_uint(out, xs.ranges().size());
  std::uint64_t before = 0;
  for (const auto& [first, last] : xs.ranges()) {
    wire::append_gob_uint(out, first - before - 1);
    wire::append_gob_uint(out, last - first);
    before = last;
  }
}

caf::error read_ranges(wire::gob_cursor& in, number_ranges& out) {
  auto count = in.read_uint();
  if (count == 0)
    return malformed_set("a peer without numbers");
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

payload observed_remove_set::encode_one(const life_map& xs) {
  bytes out{observed_remove_set_format};
  for (const auto& [who, x] : xs) {
    wire::append_gob_uint(out, value_of(who));
    append_ranges(out, x.known);
    wire::append_gob_uint(out, x.present.size());
    std::uint64_t before = 0;
    for (const auto& [number, element] : x.present) {
      wire::append_gob_uint(out, number - std::exchange(before, number));
      wire::append_gob_run(out, byte_view{element});
    }
  }
  return payload{std::move(out)};
}

std::vector<payload> observed_remove_set::encode() const {
  std::vector<payload> result;
  life_map part;
  std::size_t size = 0;
  auto add = [&](peer_uid who, std::uint64_t first, std::uint64_t last) {
    auto& known = part[who].known;
    size += known.empty() || known.last() + 1 < first ? range_size : 0;
    known.insert(first, last);
  };
  auto cut = [&](std::size_t limit) {
    if (size <= limit)
      return;
    result.push_back(encode_one(std::exchange(part, {})));
    size = 0;
  };
  for (const auto& [who, x] : lives_)
    for (const auto& range : x.known.ranges()) {
      auto next = range.first;
      auto i = x.present.lower_bound(next);
      for (; i != x.present.end() && i->first <= range.second; ++i) {
        add(who, next, i->first);
        part[who].present.insert(*i);
        size += number_size + i->second.size();
        next = i->first + 1;
        cut(full_set_message);
      }
      if (next <= range.second)
        add(who, next, range.second);
      cut(full_set_message);
    }
  cut(0);
  return result;
}

caf::expected<observed_remove_set>
observed_remove_set::decode(byte_view input) const {
  if (input.size() > max_set_message)
    return too_large_for_set("message", input.size(), max_set_message);
  if (input.empty() || input[0] != observed_remove_set_format)
    return malformed_set("another format than 1");
  observed_remove_set result{unlimited};
  const auto limit = reachable(date_, max_additions_per_second);
  wire::gob_cursor in{input.sub(1)};
  std::uint64_t last_uid = 0;
  while (!in.at_end()) {
    auto uid = in.read_uint();
    if (!in.ok() || uid <= last_uid)
      return malformed_set("UIDs that do not ascend");
    last_uid = uid;
    number_ranges known;
    if (auto err = read_ranges(in, known))
      return err;
    result.learn(peer_uid{uid}, known);
    auto& x = result.life_of(peer_uid{uid});
    std::uint64_t number = 0;
    for (auto count = in.read_uint(); count > 0 && in.ok(); --count) {
      auto step = in.read_uint();
      auto element = in.read_run();
      if (step == 0 || step > max_number - number
          || !x.known.contains(number += step))
        return malformed_set("an element without a number of its own");
      if (element.size() > max_element_size)
        return too_large_for_set("element", element.size(), max_element_size);
      result.put({peer_uid{uid}, number}, std::string{element.as_text()});
    }
    if (!in.ok())
      return malformed_set("a peer's elements are cut off");
    result.forget_forged(result.lives_.find(peer_uid{uid}), limit);
  }
  return result;
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
