#include "actors/core/limits/stranger_limits.hpp"

#include <utility>

namespace cafmesh {

namespace {

// The minimum time between two calls of `forget_idle`. Each call looks at every
// source address, which would cost too much for each new connection.
constexpr std::chrono::seconds between_sweeps{1};

std::string shown(const ip_address::raw_bytes& x) {
  const ip_address address{x};
  return address.is_v4() ? address.str()
                         : address.str() + "/"
                             + std::to_string(ip_address::prefix_of_one_user);
}

void begin_minute(instant& minute, std::size_t& logged, instant now) {
  if (now - minute < stranger_limits::report_interval)
    return;
  minute = now;
  logged = 0;
}

} // namespace

stranger_limits::stranger_limits(options opts, instant now)
    : options_(opts), others_(opts, now), swept_(now), minute_(now) {
}

stranger_limits::verdict
stranger_limits::arrived(const ip_address& who, connection_id id, instant now) {
  auto key = who.source().bytes();
  auto& from = source_of(key, now);
  verdict result;
  result.refused = !from.tokens.take(now);
  result.quiet = !may_log(from, now);
  if (result.quiet)
    count_unlogged(key, result.refused);
  if (result.refused)
    return result;
  strangers_.emplace(id, &from);
  ++from.strangers;
  result.evicted = evict_for(from);
  return result;
}

void stranger_limits::release(connection_id id) {
  if (auto i = strangers_.find(id); i != strangers_.end())
    evict(i);
}

std::vector<stranger_limits::report> stranger_limits::take_reports() {
  std::vector<report> result;
  for (const auto& [key, x] : std::exchange(unlogged_, {}))
    result.push_back({shown(key), x.unlogged, x.refused});
  if (auto x = std::exchange(unlogged_of_others_, {}); x.unlogged > 0)
    result.push_back({"other addresses", x.unlogged, x.refused});
  return result;
}

stranger_limits::source& stranger_limits::source_of(const address& who,
                                                    instant now) {
  if (auto i = sources_.find(who); i != sources_.end())
    return i->second;
  if (now - swept_ >= between_sweeps)
    forget_idle(now);
  if (sources_.size() >= options_.most_sources)
    return others_;
  return sources_.try_emplace(who, options_, now).first->second;
}

// Forgets idle sources: those that have no strangers and all their tokens, and
// caused no log lines in the last minute.
void stranger_limits::forget_idle(instant now) {
  swept_ = now;
  for (auto i = sources_.begin(); i != sources_.end();) {
    auto& x = i->second;
    auto is_idle = x.strangers == 0 && x.tokens.is_full(now)
                   && now - x.minute >= report_interval;
    i = is_idle ? sources_.erase(i) : std::next(i);
  }
}

bool stranger_limits::may_log(source& from, instant now) {
  begin_minute(from.minute, from.logged, now);
  begin_minute(minute_, logged_, now);
  if (from.logged >= options_.lines_per_source || logged_ >= options_.lines)
    return false;
  ++from.logged;
  ++logged_;
  return true;
}

// Counts a connection that gets no log line. The next report names at most
// `lines_per_source` sources, and counts all others together.
void stranger_limits::count_unlogged(const address& who, bool refused) {
  auto is_one_more = unlogged_.find(who) == unlogged_.end();
  auto& x = is_one_more && unlogged_.size() >= options_.lines_per_source
              ? unlogged_of_others_
              : unlogged_[who];
  ++x.unlogged;
  x.refused += refused ? 1u : 0u;
}

// If there are too many strangers, removes one and returns it. If the
// newcomer's source has too many strangers, that source loses its oldest. If
// not, the source with the most strangers loses its oldest, so that a flood
// displaces itself.
std::optional<connection_id>
stranger_limits::evict_for(const source& newcomer) {
  const source* fullest = nullptr;
  if (newcomer.strangers > options_.most_per_source)
    fullest = &newcomer;
  else if (strangers_.size() > options_.most)
    for (const auto& x : strangers_)
      if (!fullest || x.second->strangers > fullest->strangers)
        fullest = x.second;
  if (!fullest)
    return std::nullopt;
  auto i = strangers_.begin();
  while (i->second != fullest)
    ++i;
  return evict(i);
}

connection_id
stranger_limits::evict(std::map<connection_id, source*>::iterator i) {
  auto result = i->first;
  --i->second->strangers;
  strangers_.erase(i);
  return result;
}

} // namespace cafmesh
