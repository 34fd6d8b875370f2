#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include "tools/benchmarks/options.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/scheduling.hpp>

namespace bench {

/// The channel that all roles talk through.
constexpr const char* channel_used = "bench";

struct actor_config : caf::actor_system_config {
  /// @param threads that may work at once.
  explicit actor_config(std::size_t threads);
};

/// The whole process's: as many as the system allows.
void raise_descriptor_limit();

/// A node as the options say.
cafmesh::settings settings_from(const options& opts);

/// The settings of one of many nodes in a process, listening on any port.
/// @param number from 0, which makes the name.
cafmesh::settings settings_of_one(const options& opts, std::size_t number);

/// Starts a node that logs nothing. @throws std::runtime_error
cafmesh::router_actor spawn_node(caf::actor_system& system,
                                 cafmesh::settings config);

/// Asks and waits. @throws std::runtime_error for an error as the answer.
template <class Handle, class Question, class OnAnswer>
void ask(caf::scoped_actor& self, const Handle& whom, Question question,
         OnAnswer on_answer) {
  self->request(whom, caf::infinite, std::move(question))
    .receive(on_answer, [](const caf::error& why) {
      throw std::runtime_error(cafmesh::describe(why));
    });
}

/// `host:port` where it listens.
std::string address_of(caf::scoped_actor& self,
                       const cafmesh::router_actor& node);

} // namespace bench
