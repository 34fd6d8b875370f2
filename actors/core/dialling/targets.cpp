#include "actors/core/dialling/targets.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

bool contains(const std::vector<std::string>& xs, const std::string& x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

bool contains(const std::set<std::string>& xs, const std::string& x) {
  return xs.find(x) != xs.end();
}

// How long `due` waits after the discovered targets have used up a rate limit.
// Several attempts become possible in this time, so that one pass over all
// targets starts several.
constexpr std::chrono::milliseconds between_passes{250};

void lower(std::optional<instant>& limit, const std::optional<instant>& x) {
  if (x && (!limit || *x < *limit))
    limit = x;
}

} // namespace

const char* to_string(target_state x) noexcept {
  switch (x) {
  case target_state::waiting:
    return "waiting";
  case target_state::attempting:
    return "attempting";
  case target_state::connected:
    return "connected";
  case target_state::suspended:
    return "suspended";
  case target_state::given_up:
    return "given_up";
  }
  return "invalid";
}

targets::targets(options opts)
    : options_(opts), rng_(opts.seed),
      discovered_tokens_(opts.discovered_burst, opts.discovered_interval,
                         instant{}),
      discovered_hosts_(opts.host_burst, opts.host_interval) {
}

// -- the user's wishes

caf::error targets::want(const std::vector<std::string>& addresses,
                         bool replace, instant now) {
  std::map<std::string, host_port> parsed;
  for (const auto& text : addresses) {
    auto x = host_port::parse(text);
    if (!x)
      return x.error();
    parsed.emplace(text, std::move(*x));
  }
  for (const auto& entry : parsed)
    try_now(targets_[complete(entry.second)], now);
  if (replace)
    wanted_.clear();
  wanted_.merge(parsed);
  changed_ = true;
  return caf::none;
}

caf::error targets::forget(const std::vector<std::string>& addresses) {
  for (const auto& address : addresses)
    if (auto parsed = host_port::parse(address); !parsed)
      return std::move(parsed.error());
  auto i = wanted_.begin();
  while (i != wanted_.end())
    if (contains(addresses, i->first)
        || contains(addresses, complete(i->second)))
      i = wanted_.erase(i);
    else
      ++i;
  changed_ = true;
  return caf::none;
}

std::vector<std::string> targets::wanted() const {
  std::vector<std::string> result;
  for (const auto& entry : wanted_)
    result.push_back(entry.first);
  return result;
}

bool targets::is_wanted(const std::string& key) const {
  return std::any_of(wanted_.begin(), wanted_.end(), [&](const auto& entry) {
    return complete(entry.second) == key;
  });
}

// A discovered address without an entry in `targets_` belongs to one of our
// connections, unless `changed_` is true.
std::vector<std::string> targets::tried_discovered() const {
  std::vector<std::string> result;
  for (const auto& address : discovered_) {
    auto i = targets_.find(address);
    if (i == targets_.end() ? !changed_
                            : i->second.attempt_began.has_value()
                                || i->second.state != target_state::waiting
                                || !i->second.try_after)
      result.push_back(address);
  }
  return result;
}

void targets::set_discovered(const std::vector<std::string>& addresses) {
  std::set<std::string> result;
  for (const auto& text : addresses)
    if (auto x = host_port::parse(text)) // a record may have any text
      result.insert(complete(*x));
  if (result == discovered_)
    return;
  discovered_ = std::move(result);
  changed_ = true;
}

// -- due attempts and dials

bool targets::nothing_is_due(std::size_t room, instant now) {
  auto more_room = room > last_room_;
  last_room_ = room;
  return !changed_ && !more_room && (!earliest_ || *earliest_ > now);
}

std::vector<targets::lookup> targets::due(std::size_t room, instant now,
                                          std::size_t direct_room) {
  direct_room = std::max(direct_room, room);
  if (nothing_is_due(direct_room, now))
    return {};
  changed_ = room_was_short_ = false;
  more_tokens_.reset();
  auto xs = find_candidates();
  for (const auto& address : xs.valid) {
    auto [i, added] = targets_.try_emplace(address);
    if (added)
      try_now(i->second, now);
  }
  auto running = std::count_if(
    attempting_.begin(), attempting_.end(),
    [&](const std::string& x) { return !contains(xs.direct, x); });
  discovered_running_ = static_cast<std::size_t>(running);
  discovered_hosts_.forget_refilled(now);
  std::vector<lookup> result;
  for (auto i : ready(xs, now)) {
    auto& [address, x] = *i;
    auto direct = contains(xs.direct, address);
    x.held_back = !may_start(address, direct, direct ? direct_room : room, now);
    if (x.held_back)
      continue;
    attempting_.insert(address);
    x.state = target_state::attempting;
    x.attempt_began = now;
    result.push_back({address, direct});
  }
  find_earliest();
  return result;
}

// Whether to start an attempt. If too many attempts are running, `due` tries
// again when one of them has ended. If a rate limit of discovered targets is
// used up, `due` tries again after `between_passes`.
bool targets::may_start(const std::string& address, bool direct,
                        std::size_t room, instant now) {
  if (attempting_.size() >= room
      || (!direct && discovered_running_ >= options_.discovered_at_once)) {
    room_was_short_ = true;
    return false;
  }
  if (direct)
    return true;
  if (!discovered_hosts_.allows(address, now)
      || !discovered_tokens_.take(now)) {
    more_tokens_ = now + between_passes;
    return false;
  }
  discovered_hosts_.attempted(address, now);
  ++discovered_running_;
  return true;
}

void targets::find_earliest() {
  earliest_ = more_tokens_;
  for (const auto& entry : targets_) {
    const auto& x = entry.second;
    if (x.state == target_state::waiting && !x.held_back)
      lower(earliest_, x.try_after);
  }
}

std::vector<targets::dial> targets::take_dials(instant now) {
  std::vector<dial> result;
  for (const auto& key : attempting_)
    if (auto& running = targets_.at(key).running)
      while (auto x = running->take_due(now))
        result.push_back(
          {key, std::move(x->address), x->password, is_wanted(key)});
  return result;
}

std::optional<instant> targets::next_due() const {
  auto result = earliest_;
  for (const auto& key : attempting_)
    if (const auto& running = targets_.at(key).running)
      lower(result, running->next_due());
  return result;
}

std::vector<targets::view> targets::status() const {
  std::set<std::string> direct;
  for (const auto& entry : wanted_)
    direct.insert(complete(entry.second));
  std::vector<view> result;
  for (const auto& [address, x] : targets_) {
    auto next_try =
      x.state == target_state::waiting ? x.try_after : std::nullopt;
    auto is_given_up = x.state == target_state::waiting && !x.try_after;
    result.push_back({address, is_given_up ? target_state::given_up : x.state,
                      contains(direct, address), next_try, x.interval,
                      x.last_error});
  }
  return result;
}

targets::candidates targets::find_candidates() const {
  candidates result;
  result.valid = discovered_;
  for (const auto& entry : wanted_) {
    const auto& x = entry.second;
    auto address = complete(x);
    result.direct.insert(address);
    // An address without a port stands for any peer on its host. If one of
    // these peers has connected to us, the address is not dialled.
    if (x.port != 0 || !is_inbound_from(x.host, address))
      result.valid.insert(address);
  }
  for (const auto& entry : connections_) {
    result.valid.erase(entry.second.target);
    result.valid.erase(entry.second.remote_address);
  }
  return result;
}

bool targets::is_inbound_from(const std::string& host,
                              const std::string& address) const {
  auto i = targets_.find(address);
  return std::any_of(
    connections_.begin(), connections_.end(), [&](const auto& entry) {
      const connection& x = entry.second;
      return x.target.empty()
             && (x.remote_host == host
                 || (i != targets_.end()
                     && contains(i->second.hosts, x.remote_host)));
    });
}

// Returns the targets that are due, and suspends or removes targets that are
// not in `xs.valid`. The user's targets come before discovered targets. Within
// each kind, the target that has been due the longest comes first.
std::vector<targets::target_map::iterator> targets::ready(const candidates& xs,
                                                          instant now) {
  std::vector<target_map::iterator> result;
  for (auto i = targets_.begin(); i != targets_.end();) {
    auto current = i++;
    auto& [address, x] = *current;
    if (x.state == target_state::attempting
        || x.state == target_state::connected)
      continue;
    auto direct = contains(xs.direct, address);
    if (contains(xs.valid, address)) {
      x.state = target_state::waiting;
      if (x.try_after && *x.try_after <= now)
        result.push_back(current);
    } else if (direct) {
      x.state = target_state::suspended;
    } else {
      targets_.erase(current);
    }
  }
  auto rank = [&](target_map::iterator i) {
    return std::make_tuple(!contains(xs.direct, i->first), *i->second.try_after,
                           std::cref(i->first));
  };
  std::sort(result.begin(), result.end(),
            [&](auto x, auto y) { return rank(x) < rank(y); });
  return result;
}

// Makes the target due immediately. The caller must make `due` pass over the
// targets again, for instance by setting `changed_`.
void targets::try_now(target& x, instant now) {
  x.try_after = now;
  x.interval = options_.initial_interval;
  x.held_back = false;
}

// Makes the target due later. The delay is random, so that the peers of a mesh
// do not all dial at the same time.
void targets::try_later(target& x, instant now) {
  auto spread = std::max<duration::rep>(x.interval.count(), 1) - 1;
  std::uniform_int_distribution<duration::rep> jitter{0, spread};
  x.try_after = now + x.interval / 2 + duration{jitter(rng_)};
  x.interval = std::min(x.interval * 3 / 2, options_.max_interval);
  x.held_back = false;
  lower(earliest_, x.try_after);
}

std::string targets::complete(const host_port& x) const {
  if (x.port != 0)
    return x.str();
  return host_port{x.host, options_.default_port}.str();
}

} // namespace cafmesh
