#include <cafmesh/presets.hpp>

#include <algorithm>

#include <caf/make_message.hpp>

#include "actors/settings/preset_table.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

using namespace std::chrono_literals;

void original(settings&) {
}

void loopback(settings& x) {
  x.host = "127.0.0.1";
  x.heartbeat_interval = 500ms;
  x.patience = 5s;
  x.gossip_interval = 1s;
  x.header_timeout = 2s;
  x.stall_limit = 10s;
  x.retry_initial = 100ms;
  x.retry_max = 2s;
  x.announcement_interval = 100ms;
}

void lan(settings& x) {
  x.heartbeat_interval = 2s;
  x.patience = 10s;
  x.gossip_interval = 10s;
  x.header_timeout = 5s;
  x.stall_limit = 20s;
  x.retry_initial = 1s;
  x.retry_max = 30s;
  x.announcement_interval = 500ms;
}

void wan(settings& x) {
  x.heartbeat_interval = 15s;
  x.patience = 90s;
  x.header_timeout = 20s;
  x.stall_limit = 120s;
  x.announcement_interval = 2s;
}

} // namespace

const std::vector<named_preset>& preset_table() {
  static const std::vector<named_preset> all = {
    {"original", original}, {"loopback", loopback}, {"lan", lan}, {"wan", wan}};
  return all;
}

std::string preset_list() {
  const auto& all = preset_table();
  auto result = all.front().name;
  for (std::size_t i = 1; i < all.size(); ++i)
    result += (i + 1 < all.size() ? ", " : " or ") + all[i].name;
  return result;
}

caf::expected<settings> preset(std::string_view name) {
  const auto& all = preset_table();
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const auto& x) { return x.name == name; });
  if (found == all.end())
    return make_error(errc::bad_setting,
                      preset_list() + ", not " + escaped_in_quotes(name));
  settings result;
  found->change(result);
  return result;
}

} // namespace cafmesh
