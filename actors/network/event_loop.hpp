#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace cafmesh {

/// Waits for events and runs the actors that they wake on the very thread that
/// waited, as long as there is little to do: waking another thread for each
/// message costs more than all that is done for a small one.
///
/// Where most events come soon after one another it looks for the next one for 50
/// us before it sleeps: to be woken takes as long as all the rest of a round trip.
/// Others that want the processor go first.
///
/// Nobody can hold it up. What takes longer than a moment, and what comes while
/// there is much to do, goes to the system's scheduler. An actor that does not
/// return at all keeps its thread, and a second one waits for events instead.
class event_loop {
public:
  /// Where events come from. Both handle one; called by one thread at a time.
  struct source {
    /// Waits for it. @returns false at the end.
    std::function<bool()> wait_once;
    /// @returns false if there is none by now, or at the end
    std::function<bool()> poll_once;
  };

  /// One that has the lead, and one to take it over.
  static constexpr std::size_t thread_count = 2;

  explicit event_loop(source events);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Waits for its threads, unless it is on one of them: then they end by
  /// themselves, and the process waits for that before it ends.
  /// @pre the source is at its end
  ~event_loop();

private:
  class shared_state;
  std::shared_ptr<shared_state> state_;
  std::thread threads_[thread_count];
};

} // namespace cafmesh
