#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>

#include "tools/meshd/mesh/known_errors.hpp"
#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/control.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/type_ids.hpp>

/// Helpers for those sources of meshd that use actors.
namespace meshd {

/// Makes an actor run a function. The actor passes itself as the argument.
struct task {
  std::function<void(caf::event_based_actor*)> run;
};

struct mesh_parts {
  caf::actor_system& system;
  cafmesh::router_actor router;
  caf::actor agent; ///< sends requests for the HTTP thread
  poster post;
  cafmesh::log_sink_ptr log;
  cafmesh::node_description self;
};

using parts_ptr = std::shared_ptr<const mesh_parts>;

/// The time limit for an answer from the mesh. After it, the client gets an
/// error.
constexpr auto answer_time = std::chrono::seconds{10};

} // namespace meshd

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meshd::task)

namespace meshd {

/// An actor that runs tasks.
caf::actor spawn_agent(caf::actor_system& system);

/// Sends a request to an actor, and passes the answer to the HTTP thread.
/// @param convert makes a `T` from the answer; runs in the agent, not on the
///        HTTP thread
template <class Answer, class T, class Handle, class Question, class Convert>
void ask(const parts_ptr& parts, const Handle& whom, Question question,
         answer<T> then, Convert convert,
         std::chrono::milliseconds limit = answer_time) {
  caf::anon_send(
    parts->agent,
    task{[parts, whom, question = std::move(question), then = std::move(then),
          convert, limit](caf::event_based_actor* self) {
      auto deliver = [parts, then](result<T> x) {
        parts->post([then, x = std::move(x)]() mutable { then(std::move(x)); });
      };
      self->request(whom, limit, question)
        .then([=](Answer& x) { deliver(convert(x)); },
              [=](caf::error& why) { deliver(problem_of(why)); });
    }});
}

template <class T, class Handle, class Question>
void ask(const parts_ptr& parts, const Handle& whom, Question question,
         answer<T> then) {
  ask<T>(parts, whom, std::move(question), std::move(then),
         [](T& x) { return std::move(x); });
}

/// Sends a request whose answer has no content. Passes the outcome to the HTTP
/// thread.
/// @param limit `caf::infinite` for requests that come fast: CAF keeps some 150
///        bytes of each until its limit is over, even if it is answered
template <class Handle, class Question, class Limit = std::chrono::seconds>
void tell(const parts_ptr& parts, const Handle& whom, Question question,
          answer<done> then, Limit limit = answer_time) {
  caf::anon_send(
    parts->agent,
    task{[parts, whom, question = std::move(question), then = std::move(then),
          limit](caf::event_based_actor* self) {
      auto deliver = [parts, then](result<done> x) {
        parts->post([then, x = std::move(x)] { then(x); });
      };
      self->request(whom, limit, question)
        .then([=] { deliver(done{}); },
              [=](caf::error& why) { deliver(problem_of(why)); });
    }});
}

/// Calls `f` on the HTTP thread after a time.
void after(const parts_ptr& parts, std::chrono::milliseconds time,
           std::function<void()> f);

} // namespace meshd
