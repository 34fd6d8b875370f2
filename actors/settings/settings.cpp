#include <cafmesh/settings.hpp>

#include <algorithm>

#include <caf/make_message.hpp>

#include "actors/settings/setting_table.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

/// Checks how settings relate to each other.
/// @pre each setting is in its range
caf::error check_relations(const settings& x,
                           const setting_names<settings>& names) {
  auto name = [&](const auto& field) {
    return name_of(setting_table(), x, &field, names);
  };
  auto bad = [&](const auto& field, const std::string& expected,
                 const std::string& got) {
    return make_error(errc::bad_setting,
                      name(field) + " must be " + expected + ", not " + got);
  };
  auto in_ms = [](std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
  };
  if (x.name && x.name->flavour() != x.flavour)
    return make_error(errc::bad_peer_name, name(x.name) + " " + x.name->str()
                                             + " is not of flavour "
                                             + to_string(x.flavour));
  if (x.max_protocol_version < x.effective_min_version())
    return bad(x.max_protocol_version,
               "at least " + name(x.min_protocol_version) + ", which is "
                 + std::to_string(x.effective_min_version()),
               std::to_string(x.max_protocol_version));
  if (x.effective_patience() <= x.heartbeat_interval)
    return bad(x.patience, "longer than " + name(x.heartbeat_interval),
               in_ms(x.effective_patience()));
  if (x.retry_max < x.retry_initial)
    return bad(x.retry_max, "at least " + name(x.retry_initial),
               in_ms(x.retry_max));
  return {};
}

} // namespace

bool settings::trusts(const std::string& address) const {
  return std::any_of(trusted_subnets.begin(), trusted_subnets.end(),
                     [&](const subnet& x) { return x.contains(address); });
}

caf::error check(const settings& x) {
  return check(x, field_name<settings>);
}

caf::error check(const settings& x, const setting_names<settings>& names) {
  if (auto err = check_fields(setting_table(), x, names))
    return err;
  return check_relations(x, names);
}

} // namespace cafmesh
