#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/message.hpp>

#include <cafmesh/names.hpp>

/// A pool: a local actor that spreads requests over all actors with one name.
namespace cafmesh {

enum class pool_policy : std::uint8_t {
  round_robin,
  least_outstanding, ///< the one with the fewest unanswered requests
  nearest,           ///< the one that is the fewest hops away
};

struct pool_options {
  pool_policy policy = pool_policy::round_robin;
  /// Whether a request may be carried out twice. If the actor that received
  /// such a request ends, or its peer departs, the request goes to another
  /// actor. Any other request is answered with the error: errc::restarted,
  /// left, unreachable, stopped or ended, or CAF's `request_receiver_down` if
  /// the actor ended with a reason of its own. The function runs in the pool
  /// and must not throw. If it is null, no request may be carried out twice.
  std::function<bool(const caf::message&)> is_idempotent;
  /// The maximum number of actors to which one request is sent.
  std::size_t max_tries = 3;
  /// The maximum number of requests that wait for answers at the same time.
  /// Further requests are answered with errc::congested.
  std::size_t max_outstanding = 65'536;
  /// If `max_outstanding` requests wait, one that has waited for this long is
  /// answered with errc::timed_out to make room for the next request.
  std::chrono::milliseconds answer_limit{300'000};
};

/// Starts a local actor that spreads requests, of any type, over all actors
/// published under a name, and notices when these change. Answers come back
/// through the pool. A message that is not a request goes to one actor and
/// keeps its sender. If there is no actor, a request is answered with
/// errc::unknown_name, and any other message counts as dropped (no_route). A
/// pool does not pass on `names_changed`, which the directory sends to it.
///
/// The pool ends when the directory ends, or when the pool receives an exit
/// message.
caf::actor spawn_name_pool(caf::actor_system& system, directory_actor directory,
                           std::string name, pool_options options = {});

} // namespace cafmesh
