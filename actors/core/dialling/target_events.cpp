#include "actors/core/dialling/targets.hpp"

#include <algorithm>
#include <utility>

#include <cafmesh/errc.hpp>

// The part of `targets` that handles events: lookups and dials that end, and
// connections that begin or end.
namespace cafmesh {

namespace {

bool is_numeric(const std::string& target) {
  auto parsed = host_port::parse(target);
  return parsed && parsed->is_numeric();
}

} // namespace

// -- events

targets::outcome targets::attempt_resolved(const std::string& key,
                                           std::vector<std::string> hosts,
                                           instant now) {
  auto i = targets_.find(key);
  auto parsed = host_port::parse(key);
  if (i == targets_.end() || !parsed)
    return outcome::goes_on;
  auto& x = i->second;
  x.hosts = std::move(hosts);
  if (x.state != target_state::attempting || x.running)
    return outcome::goes_on;
  std::vector<std::string> addresses;
  for (const auto& host : x.hosts)
    addresses.push_back(host_port{host, parsed->port}.str());
  auto usable =
    parsed->is_numeric() ? addresses : failures_.in_order(addresses, now);
  if (usable.empty())
    return end_attempt(
      i, addresses.empty() ? caf::error{} : failures_.why(addresses.front()),
      now);
  x.running.emplace(usable, now);
  return outcome::goes_on;
}

targets::outcome targets::attempt_failed(const std::string& key, caf::error why,
                                         instant now) {
  auto i = targets_.find(key);
  if (i == targets_.end() || i->second.state != target_state::attempting)
    return outcome::goes_on;
  return end_attempt(i, std::move(why), now);
}

targets::outcome targets::dial_failed(const dial& what, caf::error why,
                                      instant now) {
  auto i = targets_.find(what.target);
  if (i == targets_.end() || !i->second.running)
    return outcome::goes_on;
  auto& x = i->second;
  if (!is_numeric(what.target))
    failures_.failed(what.address, why, now);
  x.running->failed(what.address, now);
  if (x.running->is_over())
    return end_attempt(i, std::move(why), now);
  x.last_error = std::move(why);
  return outcome::goes_on;
}

targets::outcome targets::introduction_failed(const dial& what, caf::error why,
                                              std::size_t passwords,
                                              instant now) {
  if (!is(why, errc::cannot_open) || what.password + 1 >= passwords) {
    count_end(why);
    return dial_failed(what, std::move(why), now);
  }
  auto i = targets_.find(what.target);
  if (i != targets_.end() && i->second.running)
    i->second.running->failed_with_password({what.address, what.password}, now);
  return outcome::next_password;
}

void targets::connection_added(connection_id id, const std::string& dialled,
                               const std::string& remote_address) {
  auto parsed = host_port::parse(remote_address);
  auto host = parsed ? parsed->host : std::string{};
  connections_[id] = {dialled, remote_address, host};
  changed_ = true;
  auto i = targets_.find(dialled);
  if (i == targets_.end())
    return;
  i->second.state = target_state::connected;
  i->second.running.reset();
  attempting_.erase(dialled);
  failures_.succeeded(remote_address);
  auto& hosts = i->second.hosts;
  if (std::find(hosts.begin(), hosts.end(), host) == hosts.end())
    hosts = {host};
}

targets::outcome targets::connection_ended(connection_id id,
                                           const std::string& dialled,
                                           caf::error why, instant now) {
  count_end(why);
  connections_.erase(id);
  changed_ = true;
  auto i = targets_.find(dialled);
  if (i == targets_.end() || is_connected(dialled))
    return outcome::goes_on;
  auto& x = i->second;
  auto lasted =
    x.attempt_began && now - *x.attempt_began > options_.reset_after;
  auto result = end_attempt(i, std::move(why), now);
  if (lasted && result == outcome::will_retry)
    try_now(x, now);
  return result;
}

std::uint64_t targets::ended() const noexcept {
  return ended_;
}

void targets::count_end(const caf::error& why) {
  if (!is(why, errc::connected_to_self))
    ++ended_;
}

bool targets::is_connected(const std::string& key) const {
  return std::any_of(
    connections_.begin(), connections_.end(),
    [&](const auto& entry) { return entry.second.target == key; });
}

// A target with a host name is tried again after any error, because the name
// may stand for other addresses later. A numeric address that leads to
// ourselves, or to a peer with our name, will always do so, and is given up.
targets::outcome targets::end_attempt(target_map::iterator i, caf::error why,
                                      instant now) {
  auto& x = i->second;
  x.state = target_state::waiting;
  x.running.reset();
  attempting_.erase(i->first);
  auto is_forgotten = !is_wanted(i->first) && discovered_.count(i->first) == 0;
  changed_ = changed_ || room_was_short_ || is_forgotten;
  auto for_good =
    (is(why, errc::connected_to_self) || is(why, errc::name_collision))
    && is_numeric(i->first);
  x.last_error = std::move(why);
  if (!for_good) {
    try_later(x, now);
    return outcome::will_retry;
  }
  x.try_after.reset();
  return is_wanted(i->first) ? outcome::given_up : outcome::will_retry;
}

} // namespace cafmesh
