#pragma once

#include <functional>
#include <utility>

#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/replicated.hpp>

namespace meshd {

/// Calls `then` once the channel has all changes that the actor of a value has
/// answered. The actor broadcasts them in a turn of its own, soon afterwards.
template <class V>
void hand_over(const parts_ptr& parts, const cafmesh::replicated_actor<V>& whom,
               std::function<void()> then) {
  ask<cafmesh::snapshot<V>, done>(
    parts, whom, cafmesh::get_value<V>{},
    [then = std::move(then)](const result<done>&) { then(); },
    [](cafmesh::snapshot<V>&) { return done{}; });
}

} // namespace meshd
