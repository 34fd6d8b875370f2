#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>

#include <caf/fwd.hpp>

namespace cafmesh::caf_version {

/// Says that a thread could not be made. The reason is a std::system_error, or
/// a std::bad_alloc if memory is short.
std::string no_thread(const std::exception& why);

/// Runs `work` on a new thread, for which the actor system waits when it ends.
/// Use this instead of `caf::detached`, which leaves an actor that never ends
/// if the thread cannot be made, and then the system does not end either.
/// @param work must not throw
/// @returns why the thread could not be made; nullopt if it runs
std::optional<std::string> run_on_own_thread(caf::actor_system& system,
                                             std::function<void()> work);

/// Why no thread can be made at the moment; nullopt if one can. For code that
/// has to use `caf::detached`.
std::optional<std::string> why_no_thread();

} // namespace cafmesh::caf_version
