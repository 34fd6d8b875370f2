#include <cafmesh/grow_counter.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include "messages/wire/counter_state.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

constexpr auto max_count = std::numeric_limits<std::int64_t>::max();

// Keeps a message below 1 MiB. A peer's name and its number take at most 43
// bytes, and 16 * 1024 * 43 bytes are 0.7 MB.
constexpr std::size_t numbers_per_message = 16 * 1024;

} // namespace

std::int64_t grow_counter::value() const noexcept {
  std::int64_t result = 0;
  for (const auto& x : counts_)
    if (__builtin_add_overflow(result, x.second, &result))
      return max_count;
  return result;
}

std::int64_t grow_counter::count_of(peer_name who) const {
  auto i = counts_.find(who);
  return i == counts_.end() ? 0 : i->second;
}

caf::expected<grow_counter> grow_counter::increment(peer_name who,
                                                    std::uint64_t by) const {
  if (who.is_unknown() || who.flavour() != flavour_)
    return make_error(errc::bad_peer_name,
                      std::string{"expected a peer of flavour "}
                        + to_string(flavour_) + ", got '" + who.str() + "'");
  grow_counter result{flavour_, limit_};
  if (by == 0)
    return result;
  auto old = count_of(who);
  auto room = static_cast<std::uint64_t>(max_count - old);
  auto number = old + static_cast<std::int64_t>(std::min(by, room));
  if (!has_room_for({number, who}))
    return make_error(errc::too_large,
                      "the counter has numbers of "
                        + std::to_string(counts_.size())
                        + " peers, which is its limit, and all are greater "
                          "than that of '"
                        + who.str() + "'");
  result.adopt(who, number);
  return result;
}

bool grow_counter::has_room_for(const rank& x) const {
  return !is_full() || counts_.count(x.second) > 0 || *ranks_.begin() < x;
}

bool grow_counter::adopt(peer_name who, std::int64_t number) {
  if (count_of(who) >= number)
    return false;
  if (!has_room_for({number, who})) {
    ++refused_;
    return false;
  }
  const bool was_full = is_full();
  auto [mine, is_new] = counts_.try_emplace(who, number);
  if (was_full) {
    const auto gone = is_new ? *ranks_.begin() : rank{mine->second, who};
    ranks_.erase(gone);
    ranks_.emplace(number, who);
    if (is_new)
      counts_.erase(gone.second);
  }
  mine->second = number;
  if (!was_full && is_full())
    for (const auto& [peer, count] : counts_)
      ranks_.emplace(count, peer);
  return true;
}

std::optional<grow_counter> grow_counter::merge(const grow_counter& other) {
  std::vector<count_map::const_iterator> adopted;
  for (auto i = other.counts_.begin(); i != other.counts_.end(); ++i)
    if (adopt(i->first, i->second))
      adopted.push_back(i);
  grow_counter news{flavour_, limit_};
  // In a full counter, a later number can displace an earlier one. `news` gets
  // only the numbers that stay.
  for (auto i : adopted)
    if (count_of(i->first) == i->second)
      news.adopt(i->first, i->second);
  if (news.counts_.empty())
    return std::nullopt;
  return news;
}

bool grow_counter::is_ahead_of(wall_time now) const noexcept {
  const auto limit =
    static_cast<std::int64_t>(reachable(now, max_growth_per_second));
  return std::any_of(counts_.begin(), counts_.end(),
                     [limit](const auto& x) { return x.second > limit; });
}

std::vector<payload> grow_counter::encode() const {
  std::vector<payload> result;
  for (auto first = counts_.begin(); first != counts_.end();) {
    count_map part;
    for (; first != counts_.end() && part.size() < numbers_per_message; ++first)
      part.emplace_hint(part.end(), *first);
    bytes out;
    wire::append_counters(out, part, flavour_);
    result.emplace_back(std::move(out));
  }
  return result;
}

payload grow_counter::question() const {
  bytes out;
  wire::append_counters(out, {}, flavour_);
  return payload{std::move(out)};
}

caf::expected<grow_counter> grow_counter::decode(byte_view input) const {
  std::size_t ignored = 0;
  return decode(input, ignored);
}

caf::expected<grow_counter> grow_counter::decode(byte_view input,
                                                 std::size_t& surplus) const {
  grow_counter result{flavour_, limit_};
  const auto greatest =
    static_cast<std::int64_t>(reachable(date_, max_growth_per_second));
  auto take = [&](peer_name who, std::int64_t number) {
    if (result.counts_.count(who) > 0)
      return false;
    if (number <= greatest)
      result.adopt(who, number);
    return true;
  };
  if (auto err = wire::read_counters(input, flavour_, take, &surplus))
    return err;
  return result;
}

} // namespace cafmesh
