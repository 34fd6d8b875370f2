#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>

#include <caf/fwd.hpp>

namespace cafmesh::caf_version {

/// Returns a text that says why a thread could not be made.
/// @param why a std::system_error, or a std::bad_alloc if memory is short
std::string no_thread(const std::exception& why);

/// Runs `work` on a new thread. When the actor system ends, it waits for this
/// thread. Use this instead of `caf::detached`. If the thread cannot be made,
/// `caf::detached` leaves an actor that never ends, and the system never ends
/// either.
/// @param work must not throw
/// @returns why the thread could not be made; nullopt if it runs
std::optional<std::string> run_on_own_thread(caf::actor_system& system,
                                             std::function<void()> work);

/// Why no thread can be made at the moment; nullopt if one can. For code that
/// has to use `caf::detached`.
std::optional<std::string> why_no_thread();

} // namespace cafmesh::caf_version
