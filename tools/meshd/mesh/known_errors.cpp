#include "tools/meshd/mesh/known_errors.hpp"

#include <caf/sec.hpp>

namespace meshd {

namespace {

using cafmesh::errc;

// All errors of the library, including those without a code of their own.
constexpr known_error known_errors[] = {
  {errc::stopped, 503, "stopping", false},
  {errc::no_route, 502, "no_route", false},
  {errc::no_connection, 502, "no_connection", false},
  {errc::too_large, 413, "too_large", true},
  {errc::congested, 429, "congested", true},
  {errc::duplicate_channel, 409, "duplicate_channel", false},
  {errc::too_many_channels, 507, "too_many_channels", false},
  {errc::bad_address, 400, "bad_address", false},
  {errc::bad_peer_name, 400, "bad_peer_name", false},
  {errc::storage_failed, 500, "storage_failed", false},
  {errc::bad_setting, 400, "bad_value", false},
  {errc::malformed, 400, "malformed", false},
  {errc::unknown_name, 404, "unknown_name", false},
  {errc::unknown_type, 400, "unknown_type", true},
  {errc::timed_out, 504, "timed_out", true},
  {errc::lost, 502, "lost", true},
  {errc::answer_lost, 502, "answer_lost", true},
  {errc::ended, 502, "ended", true},
  {errc::restarted, 502, "restarted", true},
  {errc::left, 502, "left", true},
  {errc::unreachable, 502, "unreachable", true},
  {errc::internal, 500, "internal", false},
  // These errors end a connection, never a request.
  {errc::bad_header, 500, "internal", false},
  {errc::version_mismatch, 500, "internal", false},
  {errc::encryption_mismatch, 500, "internal", false},
  {errc::cannot_open, 500, "internal", false},
  {errc::weak_key, 500, "internal", false},
  {errc::bad_feature, 500, "internal", false},
  {errc::flavour_mismatch, 500, "internal", false},
  {errc::name_collision, 500, "internal", false},
  {errc::connected_to_self, 500, "internal", false},
  {errc::multiple_connections, 500, "internal", false},
  {errc::unknown_peer, 500, "internal", false},
  {errc::connection_limit, 500, "internal", false},
  {errc::connection_closed, 500, "internal", false},
  {errc::socket_failed, 500, "internal", false},
  {errc::cannot_resolve, 500, "internal", false},
  {errc::password_dropped, 500, "internal", false},
  {errc::stranger_limit, 500, "internal", false},
  // These prevent the start of a node.
  {errc::address_in_use, 500, "internal", false},
  {errc::already_started, 500, "internal", false},
  {errc::no_identity, 500, "internal", false},
  // meshd spawns no actors at other peers.
  {errc::not_spawnable, 500, "internal", false},
  {errc::spawn_failed, 500, "internal", false},
  {errc::too_many_actors, 500, "internal", false},
};

const known_error* find_known(const caf::error& why) noexcept {
  for (const auto& x : known_errors)
    if (cafmesh::is(why, x.why))
      return &x;
  return nullptr;
}

} // namespace

const known_error* find_known(errc why) noexcept {
  for (const auto& x : known_errors)
    if (x.why == why)
      return &x;
  return nullptr;
}

problem problem_of(const caf::error& why) {
  if (why == caf::sec::request_timeout)
    return {504, "timed_out", "The mesh did not answer in time."};
  if (cafmesh::is(why, errc::stopped))
    return node_stops();
  problem result;
  result.detail = cafmesh::describe(why);
  if (const auto* known = find_known(why)) {
    result.status = known->status;
    result.code = known->code;
  }
  return result;
}

bool can_arise_in_transit(const caf::error& why) noexcept {
  const auto* known = find_known(why);
  return known && known->on_the_way;
}

} // namespace meshd
