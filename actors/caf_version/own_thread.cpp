#include "actors/caf_version/own_thread.hpp"

#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/caf_version/without_signals.hpp"

namespace cafmesh::caf_version {

std::string no_thread(const std::exception& why) {
  const auto* of_system = dynamic_cast<const std::system_error*>(&why);
  return "no thread can be made: "
         + (of_system ? of_system->code().message() : std::string{why.what()});
}

std::optional<std::string> run_on_own_thread(caf::actor_system& system,
                                             std::function<void()> work) {
  system.inc_detached_threads();
  const without_signals blocked;
  try {
    std::thread{[&system, work = std::move(work)]() mutable {
      system.thread_started();
      work();
      work = nullptr; // it may own references to actors of the system
      system.thread_terminates();
      system.dec_detached_threads();
    }}.detach();
  } catch (const std::exception& why) {
    system.dec_detached_threads();
    return no_thread(why);
  }
  return {};
}

std::optional<std::string> why_no_thread() {
  try {
    std::thread{[] {
    }}.join();
  } catch (const std::exception& why) {
    return no_thread(why);
  }
  return {};
}

} // namespace cafmesh::caf_version
