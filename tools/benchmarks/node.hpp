#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include "tools/benchmarks/options.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/scheduling.hpp>

/// Settings for benchmark nodes, and functions to start and query them.
namespace bench {

/// The name of the channel on which all benchmarks send.
constexpr const char* channel_used = "bench";

struct actor_config : caf::actor_system_config {
  /// @param threads the maximum number of running threads, including the event
  ///        loop's
  explicit actor_config(std::size_t threads);
};

/// Raises the process's limit on descriptors to the maximum that the system
/// allows.
void raise_descriptor_limit();

/// The settings for the only node of a process.
cafmesh::settings settings_from(const options& opts);

/// The settings for one of several nodes in a process. Each of them listens on
/// any free port.
/// @param number from 0; determines the name of the peer
cafmesh::settings settings_of_one(const options& opts, std::size_t number);

/// Starts a node without a log.
/// @throws std::runtime_error if it does not start
cafmesh::router_actor spawn_node(caf::actor_system& system,
                                 cafmesh::settings config);

/// Sends a request and waits for the answer.
/// @throws std::runtime_error if the answer is an error.
template <class Handle, class Question, class OnAnswer>
void ask(caf::scoped_actor& self, const Handle& whom, Question question,
         OnAnswer on_answer) {
  self->request(whom, caf::infinite, std::move(question))
    .receive(on_answer, [](const caf::error& why) {
      throw std::runtime_error(cafmesh::describe(why));
    });
}

/// The `host:port` on which the node listens.
std::string address_of(caf::scoped_actor& self,
                       const cafmesh::router_actor& node);

} // namespace bench
