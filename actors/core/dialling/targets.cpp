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
  }
  return "invalid";
}

targets::targets(options opts) : options_(opts), rng_(opts.seed) {
}

// -- what the user wants

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
  return caf::none;
}

caf::error targets::forget(const std::vector<std::string>& addresses) {
  for (const auto& address : addresses)
    if (auto parsed = host_port::parse(address); !parsed)
      return std::move(parsed.error());
  for (const auto& address : addresses)
    wanted_.erase(address);
  return caf::none;
}

std::vector<std::string> targets::wanted() const {
  std::vector<std::string> result;
  for (const auto& entry : wanted_)
    result.push_back(entry.first);
  return result;
}

// -- what happened

void targets::attempt_resolved(const std::string& address,
                               std::vector<std::string> hosts) {
  auto i = targets_.find(address);
  if (i != targets_.end())
    i->second.hosts = std::move(hosts);
}

void targets::attempt_failed(const std::string& address, caf::error why,
                             instant now) {
  auto i = targets_.find(address);
  if (i == targets_.end() || i->second.state != target_state::attempting)
    return;
  i->second.state = target_state::waiting;
  i->second.last_error = std::move(why);
  try_later(i->second, now);
}

void targets::connection_added(connection_id id, const std::string& dialled,
                               const std::string& remote_address, peer_name) {
  auto parsed = host_port::parse(remote_address);
  auto host = parsed ? parsed->host : std::string{};
  connections_[id] = {dialled, remote_address, host};
  auto i = targets_.find(dialled);
  if (i == targets_.end())
    return;
  i->second.state = target_state::connected;
  if (!contains(i->second.hosts, host))
    i->second.hosts = {host};
}

void targets::connection_ended(connection_id id, const std::string& dialled,
                               caf::error why, instant now) {
  auto to_self = is(why, errc::connected_to_self);
  if (!to_self)
    ++ended_;
  connections_.erase(id);
  auto i = targets_.find(dialled);
  if (i == targets_.end())
    return;
  auto& x = i->second;
  x.state = target_state::waiting;
  if (to_self || is(why, errc::name_collision))
    x.try_after.reset();
  else if (x.tried && now - *x.tried > options_.reset_after)
    try_now(x, now);
  else
    try_later(x, now);
  x.last_error = std::move(why);
}

std::uint64_t targets::ended() const noexcept {
  return ended_;
}

// -- what to do

std::vector<targets::attempt>
targets::due(const std::vector<std::string>& discovered, std::size_t room,
             instant now) {
  auto xs = find_candidates(discovered);
  for (const auto& address : xs.valid) {
    auto [i, added] = targets_.try_emplace(address);
    if (added)
      try_now(i->second, now);
  }
  auto attempting = count_attempting();
  std::vector<attempt> result;
  for (auto i : ready(xs, now)) {
    auto& [address, x] = *i;
    x.held_back = attempting >= room;
    if (x.held_back)
      continue;
    ++attempting;
    x.state = target_state::attempting;
    x.tried = now;
    result.push_back({address, contains(xs.direct, address)});
  }
  return result;
}

std::optional<instant> targets::next_due() const {
  std::optional<instant> result;
  for (const auto& entry : targets_) {
    const auto& x = entry.second;
    // Without room, time alone changes nothing, and after each event the caller
    // calls `due` anyway.
    if (x.state != target_state::waiting || !x.try_after || x.held_back)
      continue;
    if (!result || *x.try_after < *result)
      result = x.try_after;
  }
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
    result.push_back({address, x.state, contains(direct, address), next_try,
                      x.interval, x.last_error});
  }
  return result;
}

targets::candidates
targets::find_candidates(const std::vector<std::string>& discovered) const {
  candidates result;
  for (const auto& entry : wanted_) {
    const auto& x = entry.second;
    auto address = complete(x);
    result.direct.insert(address);
    // An address without a port stands for the peer on that host, so that an
    // inbound connection from there will do.
    if (x.port != 0 || !is_inbound_from(x.host, address))
      result.valid.insert(address);
  }
  for (const auto& text : discovered)
    if (auto x = host_port::parse(text)) // remotes may report any text
      result.valid.insert(complete(*x));
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

// Suspends or removes targets that are not valid, and returns those that are
// due: first the user's, then the longest waiting, so that every target gets
// its turn when there is little room.
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

std::size_t targets::count_attempting() const {
  auto n = std::count_if(targets_.begin(), targets_.end(), [](const auto& x) {
    return x.second.state == target_state::attempting;
  });
  return static_cast<std::size_t>(n);
}

void targets::try_now(target& x, instant now) const {
  x.try_after = now;
  x.interval = options_.initial_interval;
  x.held_back = false;
}

// Random delays keep the peers of a mesh from dialling all at once.
void targets::try_later(target& x, instant now) {
  auto spread = std::max<duration::rep>(x.interval.count(), 1) - 1;
  std::uniform_int_distribution<duration::rep> jitter{0, spread};
  x.try_after = now + x.interval / 2 + duration{jitter(rng_)};
  x.interval = std::min(x.interval * 3 / 2, options_.max_interval);
  x.held_back = false;
}

std::string targets::complete(const host_port& x) const {
  if (x.port != 0)
    return x.str();
  return host_port{x.host, options_.default_port}.str();
}

} // namespace cafmesh
