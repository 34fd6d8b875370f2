#include <cafmesh/grow_counter.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include "messages/wire/counter_state.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

constexpr auto max_count = std::numeric_limits<std::int64_t>::max();

// Keeps a message below 1 MiB: a number and its peer's name take at most
// 43 bytes.
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
  grow_counter result{flavour_};
  auto old = count_of(who);
  auto room = static_cast<std::uint64_t>(max_count - old);
  if (by > 0)
    result.counts_.emplace(who,
                           old + static_cast<std::int64_t>(std::min(by, room)));
  return result;
}

std::optional<grow_counter> grow_counter::merge(const grow_counter& other) {
  grow_counter news{flavour_};
  for (const auto& [peer, number] : other.counts_) {
    auto [mine, is_new] = counts_.try_emplace(peer, number);
    if (!is_new && mine->second >= number)
      continue;
    mine->second = number;
    news.counts_.emplace_hint(news.counts_.end(), peer, number);
  }
  if (news.counts_.empty())
    return std::nullopt;
  return news;
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
  auto numbers = wire::read_counters(input, flavour_, &surplus);
  if (!numbers)
    return std::move(numbers.error());
  grow_counter result{flavour_};
  result.counts_ = std::move(*numbers);
  const auto limit =
    static_cast<std::int64_t>(reachable(date_, max_growth_per_second));
  for (auto i = result.counts_.begin(); i != result.counts_.end();)
    i = i->second > 0 && i->second <= limit ? std::next(i)
                                            : result.counts_.erase(i);
  return result;
}

} // namespace cafmesh
