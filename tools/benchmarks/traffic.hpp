#pragma once

#include "tools/benchmarks/options.hpp"
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

/// The roles at the two ends of a measured flow of unicasts.
namespace bench {

/// driver -> role: begin, over this channel.
struct use_channel {
  cafmesh::gossip_channel_actor channel;
};

/// One end of a measured flow of unicasts.
using role_actor = cafmesh::gossiper_actor::extend<caf::reacts_to<use_channel>>;

/// Spawns a sink, which checks messages and reports after the last one. Sends
/// probes back.
role_actor spawn_sink(caf::actor_system& system, const options& opts);

/// Spawns an echo, which sends every message back.
role_actor spawn_echo(caf::actor_system& system, const options& opts);

/// Spawns a slow receiver, which takes 10 ms for each batch of messages. Sends
/// probes back.
role_actor spawn_slow(caf::actor_system& system);

/// Spawns a source, which sends numbered messages for `seconds`, as fast as the
/// channel accepts them, once a probe has come back.
role_actor spawn_source(caf::actor_system& system, const options& opts);

/// Spawns a pinger, which sends one message at a time and measures its round
/// trip.
role_actor spawn_pinger(caf::actor_system& system, const options& opts);

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::use_channel)
