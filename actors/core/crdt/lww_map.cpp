#include <cafmesh/lww_map.hpp>

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "actors/core/crdt/owner_name.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// The approximate memory of an entry in bytes, without its key and value.
constexpr std::size_t entry_cost = 204;

bool less(byte_view x, byte_view y) {
  return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
}

caf::error exceeds_limit(const char* what, std::size_t size,
                         std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{what} + " of " + std::to_string(size)
                      + " bytes, the limit is " + std::to_string(limit));
}

// The bytes whose digest identifies the entry. Leaves out the age of a
// deletion, which differs a little between replicas.
bytes description_of(std::string_view key, const lww_map::entry& x) {
  bytes result;
  result.reserve(key.size() + x.value.size() + 64);
  wire::append_gob_run(result, byte_view{key});
  wire::append_gob_uint(result, x.clock);
  append_owner_name(result, x.owner);
  result.push_back(x.deleted ? 1 : 0);
  wire::append_gob_run(result, x.value.view());
  return result;
}

} // namespace

lww_map::lww_map(duration retention, std::size_t limit)
    : retention_(std::clamp<duration>(retention, duration{}, max_retention)),
      limit_(limit) {
}

lww_map::summary::summary(const entry& x, const digest& of)
    : content(of.content), tombstones(x.deleted ? 1 : 0), size(of.size),
      oldest(x.deleted ? x.deleted_at : instant::max()), clock(x.clock) {
}

lww_map::summary& lww_map::summary::operator+=(const summary& x) {
  content += x.content;
  tombstones += x.tombstones;
  size += x.size;
  oldest = std::min(oldest, x.oldest);
  clock = std::max(clock, x.clock);
  return *this;
}

lww_map::summary& lww_map::summary::operator-=(const summary& x) {
  content -= x.content;
  tombstones -= x.tombstones;
  size -= x.size;
  return *this;
}

void lww_map::summary::clear_bounds() {
  oldest = instant::max();
  clock = 0;
}

void lww_map::summary::widen_bounds(const entry& x) {
  if (x.deleted)
    oldest = std::min(oldest, x.deleted_at);
  clock = std::max(clock, x.clock);
}

lww_map::summary::digest lww_map::summary::digest_of(std::string_view key,
                                                     const entry& x) {
  return {fingerprint_of(description_of(key, x)), key.size() + x.value.size()};
}

bool lww_map::supersedes(const entry& x, const entry& y) {
  auto rank = [](const entry& e) {
    return std::tie(e.clock, e.owner, e.deleted);
  };
  if (rank(x) < rank(y) || rank(y) < rank(x))
    return rank(y) < rank(x);
  return less(y.value.view(), x.value.view());
}

const lww_map::entry* lww_map::find(std::string_view key) const {
  const auto* x = entries_.find(key);
  return !x || x->deleted ? nullptr : x;
}

std::size_t lww_map::memory() const {
  return entries_.summary().size + entries_.size() * entry_cost;
}

bool lww_map::is_full() const {
  return memory() + entry_cost + 64 > limit_;
}

// There is always room for an entry that takes no more memory than the one that
// it replaces.
bool lww_map::has_room_for(std::string_view key, const entry& x,
                           const entry* replaced) const {
  const auto old_size = replaced ? replaced->value.size() : 0;
  const auto more = replaced ? 0 : entry_cost + key.size();
  if (x.value.size() + more <= old_size)
    return true;
  const auto used = memory() - old_size;
  return used <= limit_ && x.value.size() + more <= limit_ - used;
}

// -- changing

caf::expected<lww_map> lww_map::put(std::string_view key, byte_view value,
                                    peer_name who) const {
  if (value.size() > max_value_size)
    return exceeds_limit("value", value.size(), max_value_size);
  entry x;
  x.value = packed_bytes{value};
  x.owner = who;
  if (key.size() <= max_key_size && !has_room_for(key, x, entries_.find(key)))
    return make_error(errc::too_large,
                      "the map is full: it takes " + std::to_string(memory())
                        + " bytes, the limit is " + std::to_string(limit_));
  return change(key, std::move(x));
}

caf::expected<lww_map> lww_map::erase(std::string_view key,
                                      peer_name who) const {
  if (!find(key))
    return lww_map{retention_, unlimited};
  entry x;
  x.deleted = true;
  x.deleted_at = now_;
  x.owner = who;
  return change(key, std::move(x));
}

caf::expected<lww_map> lww_map::change(std::string_view key, entry x) const {
  if (key.size() > max_key_size)
    return exceeds_limit("key", key.size(), max_key_size);
  if (x.owner.is_unknown())
    return make_error(errc::bad_peer_name, "an entry needs an owner");
  x.clock = clock_ + 1;
  lww_map result{retention_, unlimited};
  result.now_ = now_;
  result.is_started_ = is_started_;
  result.set(key, x);
  return result;
}

void lww_map::set(std::string_view key, const entry& x) {
  entries_.set(key, x);
  clock_ = std::max(clock_, x.clock);
}

// If there might not be room for all entries, first merges the entries that
// make room.
std::optional<lww_map> lww_map::merge(const lww_map& other) {
  lww_map news{retention_, unlimited};
  news.now_ = now_;
  news.is_started_ = is_started_;
  clock_ = std::max(clock_, other.clock_);
  const auto used = memory();
  if (used <= limit_ && other.memory() <= limit_ - used) {
    merge_if(other, news, [](auto...) { return true; });
  } else {
    auto grows = [](const entry& x, const entry* mine) {
      return !mine || x.value.size() > mine->value.size();
    };
    merge_if(other, news, std::not_fn(grows));
    merge_if(other, news, grows);
  }
  if (news.entries_.empty())
    return std::nullopt;
  return news;
}

// Merges the entries for which `matches(entry, ours)` is true. `ours` is our
// entry with the same key; null if we have none.
template <class Matches>
void lww_map::merge_if(const lww_map& other, lww_map& news, Matches matches) {
  const auto end = other.entries_.end();
  for (auto i = other.entries_.begin(); i != end; ++i) {
    const auto& [key, x] = *i;
    const auto age = x.deleted ? other.age_of(x) : duration{};
    const auto deleted_at = now_ - age;
    const auto* mine = entries_.find(key);
    if (!matches(x, mine))
      continue;
    if (mine ? supersedes(x, *mine) : is_young(age)) {
      if (!has_room_for(key, x, mine)) {
        ++refused_;
        continue;
      }
      take(i, deleted_at);
      news.take(i, deleted_at);
    } else if (mine && x.deleted && deleted_at < mine->deleted_at
               && !supersedes(*mine, x)) {
      // Both entries are the same deletion, which came here by two paths. An
      // age does not count the time that the message spent on the wire, so the
      // greater age is closer to the truth.
      take(i, deleted_at);
    }
  }
}

// Takes over an entry of another map. If the entry is deleted, `deleted_at` is
// the time of its deletion by the clock of this map.
void lww_map::take(const entry_map::const_iterator& from, instant deleted_at) {
  const auto& x = from->second;
  if (!x.deleted || x.deleted_at == deleted_at) {
    entries_.set(from);
  } else {
    auto aged = x;
    aged.deleted_at = deleted_at;
    entries_.set(from->first, std::move(aged), from.digest());
  }
  clock_ = std::max(clock_, x.clock);
}

template <class Matches>
std::vector<std::string> lww_map::keys_of(const Matches& matches) const {
  std::vector<std::string> result;
  entries_.visit(matches, [&](const entry_map::value_type& x) {
    if (matches(summary{x.second, {}}))
      result.push_back(x.first);
  });
  return result;
}

void lww_map::advance(instant now) {
  if (is_started_ && now <= now_)
    return;
  if (!std::exchange(is_started_, true))
    for (const auto& key :
         keys_of([](const summary& x) { return x.tombstones > 0; })) {
      auto x = *entries_.find(key);
      x.deleted_at += now - now_;
      entries_.set(key, std::move(x));
    }
  now_ = now;
  for (const auto& key :
       keys_of([this](const summary& x) { return is_expired(x.oldest); }))
    entries_.erase(key);
}

void lww_map::set_date(wall_time now) {
  date_ = now;
  // Adds a second. If another peer's entry has a clock at the limit, our next
  // writes get clocks above the limit, and must not be erased.
  auto limit = reachable(now + std::chrono::seconds{1}, max_writes_per_second);
  if (clock_ <= limit)
    return;
  for (const auto& key :
       keys_of([limit](const summary& x) { return x.clock > limit; }))
    entries_.erase(key);
  clock_ = entries_.summary().clock;
}

bool operator==(const lww_map& x, const lww_map& y) {
  return x.entries_.size() == y.entries_.size()
         && x.entries_.summary().content == y.entries_.summary().content;
}

} // namespace cafmesh
