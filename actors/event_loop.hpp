#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include <caf/fwd.hpp>

namespace cafmesh {

/// Waits for events and runs the actors that they wake on the very thread that
/// waited, as long as there is little to do: waking another thread for each
/// message costs more than all that is done for a small one. A round trip of
/// 64 bytes took 136 us where all went to the scheduler, and takes 54.
///
/// Nobody can hold it up. What takes longer than a moment, and what comes while
/// there is much to do, goes to the system's scheduler. An actor that does not
/// return at all keeps its thread, and a second one waits for events instead.
class event_loop {
public:
  /// Waits for one event and handles it. Called by one thread at a time.
  /// @returns false at the end.
  using wait_function = std::function<bool()>;

  /// One that has the lead, and one to take it over.
  static constexpr std::size_t thread_count = 2;

  explicit event_loop(wait_function wait_once);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Waits for its threads, unless it is on one of them: then they end by
  /// themselves, and the process waits for that before it ends.
  /// @pre `wait_once` returns false from now on
  ~event_loop();

  /// What the event's handler passes to `enqueue`; null, which is any thread,
  /// outside of handlers.
  static caf::execution_unit* this_unit() noexcept;

private:
  class shared_state;
  std::shared_ptr<shared_state> state_;
  std::thread threads_[thread_count];
};

} // namespace cafmesh
