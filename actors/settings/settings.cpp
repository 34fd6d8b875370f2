#include <cafmesh/settings.hpp>

#include <algorithm>

#include "actors/core/addresses/host_port.hpp"
#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// Far from where sums of times overflow.
constexpr std::chrono::hours longest_time{24 * 366};

// So that an introduction has room in its frame.
constexpr std::size_t longest_nickname = 1024;

caf::error bad(const std::string& name, const std::string& expected,
               const std::string& got) {
  return make_error(errc::bad_setting,
                    name + " must be " + expected + ", not " + got);
}

caf::error check_versions(const settings& x) {
  if (auto v = x.min_protocol_version; v && (*v < 1 || *v > 2))
    return bad("min_protocol_version", "1 or 2", std::to_string(*v));
  if (auto v = x.max_protocol_version; v < 1 || v > 2)
    return bad("max_protocol_version", "1 or 2", std::to_string(v));
  if (x.max_protocol_version < x.effective_min_version())
    return bad("max_protocol_version",
               "at least min_protocol_version, which is "
                 + std::to_string(x.effective_min_version()),
               std::to_string(x.max_protocol_version));
  return {};
}

caf::error check_times(const settings& x) {
  const std::pair<const char*, std::chrono::milliseconds> all[] = {
    {"gossip_interval", x.gossip_interval},
    {"heartbeat_interval", x.heartbeat_interval},
    {"patience", x.patience.value_or(x.heartbeat_interval)},
    {"header_timeout", x.header_timeout},
    {"stall_limit", x.stall_limit},
    {"retry_initial", x.retry_initial},
    {"retry_max", x.retry_max},
    {"accept_interval", x.accept_interval},
  };
  for (const auto& [name, value] : all)
    if (value.count() <= 0 || value > longest_time)
      return bad(name, "longer than 0 ms and at most a year",
                 std::to_string(value.count()) + " ms");
  const std::pair<const char*, std::chrono::milliseconds> may_be_none[] = {
    {"announcement_interval", x.announcement_interval},
    {"drain_limit", x.drain_limit},
  };
  for (const auto& [name, value] : may_be_none)
    if (value.count() < 0 || value > longest_time)
      return bad(name, "0 ms or more and at most a year",
                 std::to_string(value.count()) + " ms");
  if (x.effective_patience() <= x.heartbeat_interval)
    return bad("patience", "longer than heartbeat_interval",
               std::to_string(x.effective_patience().count()) + " ms");
  if (x.retry_max < x.retry_initial)
    return bad("retry_max", "at least retry_initial",
               std::to_string(x.retry_max.count()) + " ms");
  return {};
}

} // namespace

bool settings::trusts(const std::string& address) const {
  return std::any_of(trusted_subnets.begin(), trusted_subnets.end(),
                     [&](const subnet& x) { return x.contains(address); });
}

caf::error check(const settings& x) {
  if (x.name && x.name->flavour() != x.flavour)
    return make_error(errc::bad_peer_name, "name " + x.name->str()
                                             + " is not of flavour "
                                             + to_string(x.flavour));
  if (x.name && x.name->is_unknown())
    return make_error(errc::bad_peer_name, "a peer's name cannot be all zeros");
  if (x.nickname.size() > longest_nickname)
    return bad("nickname",
               "at most " + std::to_string(longest_nickname) + " bytes long",
               std::to_string(x.nickname.size()));
  if (!ip_address::parse(x.host))
    return make_error(errc::bad_address,
                      "host must be a numeric address, not '" + x.host + "'");
  for (const auto& peer : x.peers)
    if (auto parsed = host_port::parse(peer); !parsed)
      return std::move(parsed.error());
  if (auto err = check_versions(x))
    return err;
  if (x.max_strangers == 0)
    return bad("max_strangers", "1 or more", "0");
  if (x.accept_burst == 0)
    return bad("accept_burst", "1 or more", "0");
  return check_times(x);
}

} // namespace cafmesh
