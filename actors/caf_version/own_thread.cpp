#include "actors/caf_version/own_thread.hpp"

#include <system_error>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>

namespace cafmesh::caf_version {

namespace {

std::string no_thread(const std::system_error& why) {
  return std::string{"no thread can be made: "} + why.code().message();
}

} // namespace

std::optional<std::string> run_on_own_thread(caf::actor_system& system,
                                             std::function<void()> work) {
  system.inc_detached_threads();
  try {
    std::thread{[&system, work = std::move(work)]() mutable {
      system.thread_started();
      work();
      work = nullptr; // it may own references to actors of the system
      system.thread_terminates();
      system.dec_detached_threads();
    }}.detach();
  } catch (const std::system_error& why) {
    system.dec_detached_threads();
    return no_thread(why);
  }
  return {};
}

std::optional<std::string> why_no_thread() {
  try {
    std::thread{[] {
    }}.join();
  } catch (const std::system_error& why) {
    return no_thread(why);
  }
  return {};
}

} // namespace cafmesh::caf_version
