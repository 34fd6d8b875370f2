#include "actors/core/mesh/news_spreading.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/announcements.hpp"

namespace cafmesh {

namespace {

constexpr std::size_t word_size = 64;

} // namespace

void news_spreading::set(bits& xs, slot who) {
  if (xs.size() <= who / word_size)
    xs.resize(who / word_size + 1);
  xs[who / word_size] |= std::uint64_t{1} << who % word_size;
}

std::vector<slot> news_spreading::slots_in(const bits& xs) {
  std::vector<slot> result;
  for (std::size_t i = 0; i < xs.size(); ++i)
    for (auto rest = xs[i]; rest != 0; rest &= rest - 1)
      result.push_back(static_cast<slot>(
        i * word_size + static_cast<std::size_t>(__builtin_ctzll(rest))));
  return result;
}

void news_spreading::note_news(std::size_t records, instant now) {
  if (!at_once_) {
    at_once_.emplace(passed_at_once, for_one_more, now);
    at_once_->take(now, passed_at_once);
  }
  if (records > passed_at_once
      || !at_once_->take(now, static_cast<std::uint32_t>(records)))
    busy_until_ = now + busy;
}

void news_spreading::choose(std::vector<peer_name> neighbours) {
  for (auto x : neighbours)
    targets_.try_emplace(x);
}

void news_spreading::added(peer_name neighbour) {
  if (!targets_.empty())
    targets_.try_emplace(neighbour);
}

void news_spreading::add(slot who, peer_name except, instant now) {
  for (auto& [neighbour, subjects] : targets_) {
    if (neighbour != except)
      set(subjects, who);
  }
  if (!std::exchange(waits_, true))
    due_ = std::max(now + announcements::moment, not_before_);
  if (!first_gathered_)
    first_gathered_ = now;
  last_gathered_ = now;
}

void news_spreading::are_known_to(peer_name neighbour,
                                  const std::vector<slot>& subjects) {
  auto x = targets_.find(neighbour);
  if (x == targets_.end())
    return;
  for (auto who : subjects)
    if (auto i = who / word_size; i < x->second.size())
      x->second[i] &= ~(std::uint64_t{1} << who % word_size);
}

void news_spreading::remove(peer_name neighbour) {
  targets_.erase(neighbour);
  to_compare_.erase(neighbour);
}

void news_spreading::renumber(const std::vector<slot>& moved) {
  for (auto& [neighbour, subjects] : targets_) {
    bits renumbered;
    for (auto who : slots_in(subjects))
      if (who < moved.size() && moved[who] != slot_index::none)
        set(renumbered, moved[who]);
    subjects = std::move(renumbered);
  }
}

std::vector<news_spreading::parcel> news_spreading::take_due(std::size_t peers,
                                                             instant now) {
  std::vector<parcel> result;
  if (!waits_ || now < due_)
    return result;
  std::map<bits, std::vector<peer_name>> by_subjects;
  for (auto& [neighbour, subjects] : std::exchange(targets_, {}))
    by_subjects[std::move(subjects)].push_back(neighbour);
  for (auto& [subjects, neighbours] : by_subjects) {
    parcel x{std::move(neighbours), slots_in(subjects)};
    if (!x.subjects.empty())
      result.push_back(std::move(x));
  }
  waits_ = false;
  const auto count = static_cast<duration::rep>(std::min<std::size_t>(
    peers, static_cast<std::size_t>(longest / pause_per_peer)));
  not_before_ = now + std::max(shortest, pause_per_peer * count);
  return result;
}

void news_spreading::compare_later(peer_name neighbour, instant now) {
  to_compare_.insert(neighbour);
  if (!first_gathered_)
    first_gathered_ = last_gathered_ = now;
}

std::optional<instant> news_spreading::compare_at() const {
  if (!first_gathered_)
    return std::nullopt;
  return std::min(last_gathered_ + calm, *first_gathered_ + until_compared);
}

bool news_spreading::must_compare(instant now) const {
  auto at = compare_at();
  return at && now >= *at;
}

std::optional<peer_name> news_spreading::take_to_compare(instant now) {
  first_gathered_.reset();
  if (to_compare_.empty())
    return std::nullopt;
  auto next = to_compare_.upper_bound(last_compared_);
  auto result =
    to_compare_.extract(next != to_compare_.end() ? next : to_compare_.begin())
      .value();
  last_compared_ = result;
  if (to_compare_.empty())
    return result;
  // While news keeps arriving, the next comparison is put off, because digests
  // would differ and the answers to them would cost a lot.
  first_gathered_ = now;
  if (now - last_gathered_ >= calm)
    last_gathered_ = now - calm + between_two;
  return result;
}

std::optional<instant> news_spreading::wake_at() const {
  auto at = compare_at();
  if (!waits_)
    return at;
  return at ? std::min(*at, due_) : due_;
}

} // namespace cafmesh
