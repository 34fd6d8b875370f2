#include <cafmesh/inspection.hpp>

#include <optional>
#include <type_traits>
#include <utility>

#include <caf/deserializer.hpp>
#include <caf/detail/stringification_inspector.hpp>
#include <caf/message.hpp>
#include <caf/meta/hex_formatted.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/serializer.hpp>

// How CAF serialises and renders the public messages, for
// `messages/inspection.hpp`.
#define CAFMESH_INSPECT_BY(inspector, result, type, ...)                       \
  result inspect(inspector& f, type& x) {                                      \
    return f(caf::meta::type_name(#type), __VA_ARGS__);                        \
  }
#define CAFMESH_INSPECT(...)                                                   \
  CAFMESH_INSPECT_BY(caf::serializer, caf::error, __VA_ARGS__)                 \
  CAFMESH_INSPECT_BY(caf::deserializer, caf::error, __VA_ARGS__)               \
  CAFMESH_INSPECT_BY(caf::detail::stringification_inspector, void, __VA_ARGS__)

#define CAFMESH_INSPECT_EMPTY(type)                                            \
  caf::error inspect(caf::serializer&, type&) {                                \
    return {};                                                                 \
  }                                                                            \
  caf::error inspect(caf::deserializer&, type&) {                              \
    return {};                                                                 \
  }                                                                            \
  void inspect(caf::detail::stringification_inspector& f, type&) {             \
    f(caf::meta::type_name(#type));                                            \
  }

namespace cafmesh {

namespace {

/// Replaces a value that CAF cannot inspect with a value that CAF can inspect.
/// After loading, `assign` converts the value back.
template <class Inspected, class Assign>
struct stand_in {
  Inspected value;
  Assign assign;
};

template <class Inspected, class Assign>
stand_in(Inspected, Assign) -> stand_in<Inspected, Assign>;

template <class Inspector, class Inspected, class Assign>
typename Inspector::result_type inspect(Inspector& f,
                                        stand_in<Inspected, Assign>& x) {
  auto load = [&]() -> caf::error {
    x.assign(x.value);
    return {};
  };
  return f(x.value, caf::meta::load_callback(load));
}

/// Inspects an enum as its number, since CAF does not render enums.
template <class Enum>
auto number(Enum& x) {
  using raw = std::underlying_type_t<Enum>;
  return stand_in{static_cast<raw>(x), [&x](raw loaded) {
                    x = static_cast<Enum>(loaded);
                  }};
}

/// Inspects an optional as a list of at most one element.
template <class T, class Inspected = T>
auto list(std::optional<T>& x) {
  std::vector<Inspected> value;
  if (x)
    value.push_back(static_cast<Inspected>(*x));
  return stand_in{std::move(value), [&x](const std::vector<Inspected>& loaded) {
                    x.reset();
                    if (!loaded.empty())
                      x = static_cast<T>(loaded.front());
                  }};
}

auto number(std::optional<short_id>& x) {
  return list<short_id, std::underlying_type_t<short_id>>(x);
}

template <class Inspector>
typename Inspector::result_type inspect_bytes(Inspector& f, payload& x) {
  auto data = x.view().to_bytes();
  auto load = [&]() -> caf::error {
    x = payload{std::move(data)};
    return {};
  };
  return f(caf::meta::hex_formatted(), data, caf::meta::load_callback(load));
}

} // namespace

caf::error inspect(caf::serializer& f, payload& x) {
  return inspect_bytes(f, x);
}
caf::error inspect(caf::deserializer& f, payload& x) {
  return inspect_bytes(f, x);
}
void inspect(caf::detail::stringification_inspector& f, payload& x) {
  inspect_bytes(f, x);
}

// -- payload.hpp and peer_record.hpp

CAFMESH_INSPECT(peer_summary, x.name, x.nickname, number(x.uid), x.version,
                number(x.alias))
CAFMESH_INSPECT(connection_summary, x.remote, x.remote_address, x.outbound,
                x.established)
CAFMESH_INSPECT(peer_record, x.peer, x.connections)

// -- gossiping.hpp

CAFMESH_INSPECT(incoming_unicast, x.source, x.data)
CAFMESH_INSPECT(unicasts_arrived, x.messages, x.neighbour)
CAFMESH_INSPECT(broadcast_arrived, x.source, x.data, x.neighbour)
CAFMESH_INSPECT(gossip_arrived, x.data, x.neighbour)
CAFMESH_INSPECT_EMPTY(get_gossip)
CAFMESH_INSPECT(surplus_ignored, x.neighbour, x.messages)
CAFMESH_INSPECT(unicast, x.to, x.data)
CAFMESH_INSPECT(unicasts, x.messages)

// -- control.hpp

CAFMESH_INSPECT_EMPTY(start_mesh)
CAFMESH_INSPECT_EMPTY(stop_mesh)
CAFMESH_INSPECT(connect_to, x.addresses, x.replace)
CAFMESH_INSPECT(forget, x.addresses)
CAFMESH_INSPECT_EMPTY(get_node)
CAFMESH_INSPECT(node_description, x.name, x.nickname, number(x.uid), x.address)

// -- membership.hpp

CAFMESH_INSPECT_EMPTY(get_topology)
CAFMESH_INSPECT(mesh_description, x.self, x.peers)

// -- events.hpp

CAFMESH_INSPECT(peer_joined, x.peer)
CAFMESH_INSPECT(peer_left, x.peer)
CAFMESH_INSPECT(peer_restarted, x.name, number(x.old_uid), number(x.new_uid))
CAFMESH_INSPECT(connection_added, number(x.id), x.connection)
CAFMESH_INSPECT(connection_established, number(x.id), x.remote)
CAFMESH_INSPECT(connection_removed, number(x.id), x.remote, x.reason)
CAFMESH_INSPECT_EMPTY(routes_changed)
CAFMESH_INSPECT_EMPTY(short_ids_changed)
CAFMESH_INSPECT(gossiper_ended, x.channel, x.reason)

// -- status.hpp

CAFMESH_INSPECT_EMPTY(get_status)
CAFMESH_INSPECT(traffic_figures, x.frames_in, x.bytes_in, x.frames_out,
                x.bytes_out)
CAFMESH_INSPECT(connection_status, number(x.id), x.remote, x.nickname,
                x.address, x.outbound, x.established, x.encrypted, x.untrusted,
                x.protocol_version, x.traffic, x.waiting_bytes,
                x.unanswered_batches, x.waiting_writers, x.silent_for,
                x.attributes)
CAFMESH_INSPECT(target_status, x.address, x.state, x.wanted, list(x.next_try),
                x.last_error)
CAFMESH_INSPECT(dial_status, x.wanted, x.targets, x.ended_connections)
CAFMESH_INSPECT(refused_remote, x.address, x.reason, x.times, x.ago)
CAFMESH_INSPECT(inbound_status, x.refused, x.latest)
CAFMESH_INSPECT(channel_status, x.name, x.surrogate, x.unicasts_received,
                x.unicasts_sent, x.unicasts_relayed, x.unicasts_dropped,
                x.broadcasts_received, x.gossips_received, x.refused, x.overrun,
                x.looped, x.broken, x.surplus)
CAFMESH_INSPECT(unicast_route, x.destination, x.via)
CAFMESH_INSPECT(broadcast_route, x.source, x.via)
CAFMESH_INSPECT_EMPTY(get_actors)
CAFMESH_INSPECT(published_actor, x.name, x.actor)
CAFMESH_INSPECT(spawned_actor, x.type, x.actor)
CAFMESH_INSPECT(peer_actors, x.peer, number(x.uid), x.in_session, x.names,
                x.published, x.proxies, x.watched_there, x.leased,
                x.watched_here, x.watched_here_ids, x.spawned, x.being_spawned,
                x.spawned_actors, x.open_requests, x.unprocessed_there,
                x.unprocessed_here, x.dead_letters)
CAFMESH_INSPECT(actors_status, x.peers, x.unlisted_peers, x.exported,
                x.max_spawned, x.overdue_spawns, x.dead_letters)
CAFMESH_INSPECT(mesh_status, x.min_protocol_version, x.max_protocol_version,
                x.encryption, x.discovery, x.name, x.nickname, x.port, x.uptime,
                x.peers, x.unicast_routes, x.broadcast_routes, x.connections,
                x.dialling, x.inbound, x.channels, x.overlay_diagnostics,
                x.trusted_subnets, list(x.actors))

} // namespace cafmesh
