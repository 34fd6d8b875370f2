#pragma once

#include "tools/benchmarks/options.hpp"
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

/// The actors at the two ends of a benchmark of unicasts. Each of these actors
/// is called a role.
namespace bench {

/// Tells a role to begin, and gives it the channel to use.
struct use_channel {
  cafmesh::gossip_channel_actor channel;
};

using role_actor = cafmesh::gossiper_actor::extend<caf::reacts_to<use_channel>>;

/// Spawns a sink. It checks each message, sends probes back, and reports after
/// the last message.
role_actor spawn_sink(caf::actor_system& system, const options& opts);

/// Spawns an echo, which sends every message back.
role_actor spawn_echo(caf::actor_system& system, const options& opts);

/// Spawns a slow receiver. It takes 10 ms to accept each batch of messages, and
/// sends probes back.
role_actor spawn_slow(caf::actor_system& system);

/// Spawns a source. Once a probe has come back, it sends numbered messages for
/// `opts.seconds`, as fast as the channel accepts them.
role_actor spawn_source(caf::actor_system& system, const options& opts);

/// Spawns a pinger, which sends one message at a time and measures its round
/// trip.
role_actor spawn_pinger(caf::actor_system& system, const options& opts);

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::use_channel)
