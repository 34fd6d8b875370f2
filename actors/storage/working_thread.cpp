#include "actors/storage/working_thread.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "actors/caf_version/own_thread.hpp"
#include "actors/caf_version/without_signals.hpp"

namespace cafmesh {

struct working_thread::state {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> waiting;
  bool is_ending = false;
  std::thread thread;

  void work() {
    std::unique_lock<std::mutex> guard{mutex};
    for (;;) {
      changed.wait(guard, [this] { return is_ending || !waiting.empty(); });
      if (waiting.empty())
        return;
      auto next = std::move(waiting.front());
      waiting.pop_front();
      guard.unlock();
      next();
      next = nullptr; // it may own the last pointer to the working_thread
      guard.lock();
    }
  }
};

working_thread::working_thread() : state_(std::make_shared<state>()) {
}

working_thread::~working_thread() {
  auto& st = *state_;
  std::unique_lock<std::mutex> guard{st.mutex};
  st.is_ending = true;
  st.changed.notify_one();
  guard.unlock();
  if (!st.thread.joinable())
    return;
  if (st.thread.get_id() == std::this_thread::get_id())
    st.thread.detach();
  else
    st.thread.join();
}

std::optional<std::string> working_thread::run(std::function<void()> work) {
  auto& st = *state_;
  std::lock_guard<std::mutex> guard{st.mutex};
  try {
    if (!st.thread.joinable()) {
      const without_signals blocked;
      st.thread = std::thread{[kept = state_] {
        kept->work();
      }};
    }
  } catch (const std::exception& why) {
    return caf_version::no_thread(why);
  }
  st.waiting.push_back(std::move(work));
  st.changed.notify_one();
  return {};
}

} // namespace cafmesh
