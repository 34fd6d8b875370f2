#include <cafmesh/errc.hpp>

namespace cafmesh {

const char* to_string(errc code) noexcept {
  switch (code) {
  case errc::malformed:
    return "malformed";
  case errc::too_large:
    return "too_large";
  case errc::bad_header:
    return "bad_header";
  case errc::version_mismatch:
    return "version_mismatch";
  case errc::encryption_mismatch:
    return "encryption_mismatch";
  case errc::cannot_open:
    return "cannot_open";
  case errc::weak_key:
    return "weak_key";
  case errc::bad_feature:
    return "bad_feature";
  case errc::flavour_mismatch:
    return "flavour_mismatch";
  case errc::bad_peer_name:
    return "bad_peer_name";
  case errc::bad_address:
    return "bad_address";
  case errc::name_collision:
    return "name_collision";
  case errc::connected_to_self:
    return "connected_to_self";
  case errc::multiple_connections:
    return "multiple_connections";
  case errc::unknown_peer:
    return "unknown_peer";
  case errc::connection_limit:
    return "connection_limit";
  case errc::timed_out:
    return "timed_out";
  case errc::connection_closed:
    return "connection_closed";
  case errc::socket_failed:
    return "socket_failed";
  case errc::address_in_use:
    return "address_in_use";
  case errc::cannot_resolve:
    return "cannot_resolve";
  case errc::no_route:
    return "no_route";
  case errc::no_connection:
    return "no_connection";
  case errc::congested:
    return "congested";
  case errc::duplicate_channel:
    return "duplicate_channel";
  case errc::too_many_channels:
    return "too_many_channels";
  case errc::bad_setting:
    return "bad_setting";
  case errc::already_started:
    return "already_started";
  case errc::stopped:
    return "stopped";
  case errc::password_dropped:
    return "password_dropped";
  case errc::unknown_name:
    return "unknown_name";
  case errc::internal:
    return "internal";
  case errc::no_identity:
    return "no_identity";
  case errc::unknown_type:
    return "unknown_type";
  case errc::lost:
    return "lost";
  case errc::ended:
    return "ended";
  case errc::restarted:
    return "restarted";
  case errc::left:
    return "left";
  case errc::unreachable:
    return "unreachable";
  case errc::stranger_limit:
    return "stranger_limit";
  case errc::storage_failed:
    return "storage_failed";
  case errc::answer_lost:
    return "answer_lost";
  }
  return "unknown_error";
}

} // namespace cafmesh
