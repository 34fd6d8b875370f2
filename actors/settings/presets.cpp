#include <cafmesh/presets.hpp>

#include <string>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using namespace std::chrono_literals;

settings loopback() {
  settings x;
  x.host = "127.0.0.1";
  x.heartbeat_interval = 500ms;
  x.patience = 5s;
  x.gossip_interval = 1s;
  x.header_timeout = 2s;
  x.stall_limit = 10s;
  x.retry_initial = 100ms;
  x.retry_max = 2s;
  x.announcement_interval = 100ms;
  return x;
}

settings lan() {
  settings x;
  x.heartbeat_interval = 2s;
  x.patience = 10s;
  x.gossip_interval = 10s;
  x.header_timeout = 5s;
  x.stall_limit = 20s;
  x.retry_initial = 1s;
  x.retry_max = 30s;
  x.announcement_interval = 500ms;
  return x;
}

settings wan() {
  settings x;
  x.heartbeat_interval = 15s;
  x.patience = 90s;
  x.header_timeout = 20s;
  x.stall_limit = 120s;
  x.announcement_interval = 2s;
  return x;
}

} // namespace

caf::expected<settings> preset(std::string_view name) {
  if (name == "original")
    return settings{};
  if (name == "loopback")
    return loopback();
  if (name == "lan")
    return lan();
  if (name == "wan")
    return wan();
  return make_error(errc::bad_setting, "original, loopback, lan or wan, not "
                                         + escaped_in_quotes(name));
}

} // namespace cafmesh
