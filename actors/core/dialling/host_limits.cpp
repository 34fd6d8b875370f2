#include "actors/core/dialling/host_limits.hpp"

#include "actors/core/addresses/host_port.hpp"

namespace cafmesh {

namespace {

// All text that is not a numeric address counts as the host `::`. Discovery
// takes only numeric addresses.
ip_address::raw_bytes host_of(const std::string& address) {
  constexpr unsigned prefix_of_one_user = 64;
  auto host = ip_of(address);
  if (!host)
    return {};
  return host->is_v4() || host->is_loopback()
           ? host->bytes()
           : host->network(prefix_of_one_user).bytes();
}

} // namespace

bool host_limits::allows(const std::string& address, instant now) {
  auto i = hosts_.find(host_of(address));
  return i == hosts_.end() || i->second.has(now, 1);
}

void host_limits::attempted(const std::string& address, instant now) {
  const auto host = host_of(address);
  if (!ip_address{host}.is_loopback())
    hosts_.try_emplace(host, burst_, interval_, now).first->second.take(now);
}

void host_limits::forget_refilled(instant now) {
  for (auto i = hosts_.begin(); i != hosts_.end();)
    i = i->second.is_full(now) ? hosts_.erase(i) : std::next(i);
}

} // namespace cafmesh
