#pragma once

#include <memory>
#include <string>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <cafmesh/replicated.hpp>

/// The handlers of the actor that spawn_replicated starts. Not for direct use.
namespace cafmesh::replication {

template <class V>
typename interface<V>::behavior_type
behavior(typename interface<V>::template stateful_pointer<state<V>> self,
         const router_actor& router, const std::string& channel,
         const std::shared_ptr<V>& initial, const replicated_options& options) {
  auto st = &self->state;
  st->value = copy_on_write<V>{std::move(*initial)};
  st->start(router, channel, options);
  return {
    [st](const unicasts_arrived& x) { return st->receive_unicasts(x); },
    [st](const broadcast_arrived& x) {
      auto result = st->receive_broadcast(x.data);
      st->report_surplus(x.neighbour);
      return result;
    },
    [st](const gossip_arrived& x) {
      auto result = st->receive_gossip(x.data, x.neighbour);
      st->report_surplus(x.neighbour);
      return result;
    },
    [st](get_gossip) { return st->complete(); },
    [st](const get_value<V>&) { return st->get(); },
    [st](const update<V>& x) { return st->handle(x); },
    [st](const watch<V>& x) { st->add(x.watcher); },
    [st](get_channel) -> caf::result<gossip_channel_actor> {
      if (st->channel)
        return st->channel;
      st->waiting.push_back(
        st->self->template make_response_promise<gossip_channel_actor>());
      return st->waiting.back();
    },
    [st](tell_of_changes) { st->tell(); },
    [st](ask_next_peer) { st->questions.ask_next(); },
    [st](outline_due) { st->send_outline_if_quiet(); },
    [st](repeat_due) { st->repeat(); },
    [st](write_changes) { st->storage.write(); },
    [st](get_storage_status) { return st->storage.status(); },
    [st](get_value_status) { return st->status(); },
  };
}

} // namespace cafmesh::replication

namespace cafmesh {

template <class V>
replicated_actor<V> spawn_replicated(caf::actor_system& system,
                                     router_actor router, std::string channel,
                                     V initial, replicated_options options) {
  return system.spawn(
    replication::behavior<V>, std::move(router), std::move(channel),
    std::make_shared<V>(std::move(initial)), std::move(options));
}

} // namespace cafmesh
