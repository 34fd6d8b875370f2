#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include <sys/types.h>
#include <unistd.h>

namespace cafmesh {

/// Waits for events. At low load, it also runs the actors that the events wake,
/// on the thread that waits. This saves waking another thread for each message,
/// which costs more than handling a small message. Work that remains after 100
/// µs, and all work at high load, goes to the actor system's scheduler.
///
/// If most events come in quick succession, the loop polls for 50 µs before it
/// sleeps, because waking up would add about half of a round trip's time. While
/// polling, the loop yields to other threads.
///
/// If an actor keeps the waiting thread busy, a second thread waits for events
/// instead, and passes on the work that waited behind that actor. Until the
/// first thread is free again, the second thread runs only actors of the
/// library, which call no application code. So blocking actors cannot stop the
/// loop. But a library actor runs on the scheduler if it is woken by a timer or
/// by an actor on another thread. If blocking actors hold all threads of the
/// scheduler, this library actor waits for about a second, until a spare worker
/// (`caf_version/spare_worker.hpp`) runs it.
class event_loop {
public:
  /// A source of events. Each function handles one event. Only one thread at a
  /// time calls the functions.
  struct source {
    /// Waits for an event and handles it.
    /// @returns false at the end of the source
    std::function<bool()> wait_once;
    /// Handles an event, if there is one.
    /// @returns false if there is no event, or at the end of the source
    std::function<bool()> poll_once;
  };

  /// One thread waits for events; the other takes over when the first is busy.
  static constexpr std::size_t thread_count = 2;

  explicit event_loop(source events);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Joins the loop's threads. If one of these threads destroys the loop, the
  /// threads are detached instead, and the process waits up to 1 s for them
  /// before it ends. A forked child joins nothing.
  /// @pre the source has ended
  ~event_loop();

private:
  class shared_state;
  std::shared_ptr<shared_state> state_;
  pid_t process_ = ::getpid(); // the process that owns the threads
  std::thread threads_[thread_count];
};

} // namespace cafmesh
