#include <cafmesh/lww_map.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

bool less(byte_view x, byte_view y) {
  return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
}

bool supersedes(const lww_map::entry& x, const lww_map::entry& y) {
  auto rank = [](const lww_map::entry& e) {
    return std::tie(e.clock, e.owner, e.deleted);
  };
  if (rank(x) < rank(y) || rank(y) < rank(x))
    return rank(y) < rank(x);
  return less(y.value.view(), x.value.view());
}

caf::error exceeds_limit(const char* what, std::size_t size,
                         std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{what} + " of " + std::to_string(size)
                      + " bytes, the limit is " + std::to_string(limit));
}

} // namespace

lww_map::lww_map(duration retention)
    : retention_(std::clamp<duration>(retention, duration{}, max_retention)) {
}

const lww_map::entry* lww_map::find(std::string_view key) const {
  auto i = entries_.find(key);
  return i == entries_.end() || i->second.deleted ? nullptr : &i->second;
}

// -- changing

caf::expected<lww_map> lww_map::put(std::string_view key, byte_view value,
                                    peer_name who) const {
  if (value.size() > max_value_size)
    return exceeds_limit("value", value.size(), max_value_size);
  entry x;
  x.value = payload::copy_of(value);
  x.owner = who;
  return change(key, std::move(x));
}

caf::expected<lww_map> lww_map::erase(std::string_view key,
                                      peer_name who) const {
  if (!find(key))
    return lww_map{retention_};
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
  lww_map result{retention_};
  result.now_ = now_;
  result.set(std::string{key}, x);
  return result;
}

void lww_map::set(const std::string& key, const entry& x) {
  auto& mine = entries_[key];
  tombstones_ += x.deleted ? 1 : 0;
  tombstones_ -= mine.deleted ? 1 : 0;
  mine = x;
  clock_ = std::max(clock_, x.clock);
  if (x.deleted)
    oldest_ = std::min(oldest_, x.deleted_at);
}

std::optional<lww_map> lww_map::merge(const lww_map& other) {
  lww_map news{retention_};
  news.now_ = now_;
  clock_ = std::max(clock_, other.clock_);
  for (const auto& [key, theirs] : other.entries_) {
    auto x = theirs;
    auto age = x.deleted ? other.age_of(x) : duration{};
    x.deleted_at = now_ - age;
    auto i = entries_.find(key);
    if (i == entries_.end() ? is_young(age) : supersedes(x, i->second)) {
      set(key, x);
      news.set(key, x);
    } else if (i != entries_.end() && !supersedes(i->second, x)) {
      // The same deletion by another path. Ages do not include time on the
      // wire, so the greater one is closer to the truth.
      i->second.deleted_at = std::min(i->second.deleted_at, x.deleted_at);
      oldest_ = std::min(oldest_, i->second.deleted_at);
    }
  }
  if (news.entries_.empty())
    return std::nullopt;
  return news;
}

void lww_map::advance(instant now) {
  if (now <= now_)
    return;
  if (now_ == instant{}) {
    for (auto& x : entries_)
      x.second.deleted_at += now - now_;
    oldest_ = tombstones_ == 0 ? instant::max() : instant::min();
  }
  now_ = now;
  if (oldest_ < now_ - retention_)
    drop_tombstones();
}

void lww_map::drop_tombstones() {
  oldest_ = instant::max();
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto expired = i->second.deleted && age_of(i->second) > retention_;
    tombstones_ -= expired ? 1 : 0;
    if (i->second.deleted && !expired)
      oldest_ = std::min(oldest_, i->second.deleted_at);
    i = expired ? entries_.erase(i) : std::next(i);
  }
}

void lww_map::set_date(wall_time now) {
  date_ = now;
  // Our own writes may run up to a second ahead of the limit.
  auto limit = reachable(now + std::chrono::seconds{1}, max_writes_per_second);
  if (clock_ <= limit)
    return;
  clock_ = 0;
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto forged = i->second.clock > limit;
    tombstones_ -= forged && i->second.deleted ? 1 : 0;
    clock_ = forged ? clock_ : std::max(clock_, i->second.clock);
    i = forged ? entries_.erase(i) : std::next(i);
  }
}

bool operator==(const lww_map& x, const lww_map& y) {
  auto same = [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.clock == b.second.clock
           && a.second.owner == b.second.owner
           && a.second.deleted == b.second.deleted
           && a.second.value == b.second.value;
  };
  return std::equal(x.entries_.begin(), x.entries_.end(), y.entries_.begin(),
                    y.entries_.end(), same);
}

} // namespace cafmesh
