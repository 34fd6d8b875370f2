#pragma once

#include <functional>
#include <memory>

#include "actors/storage/shared_storage.hpp"

namespace cafmesh {

/// A thread of the process. It begins with the first work.
class working_thread : public storage_thread {
public:
  working_thread();
  ~working_thread() override; ///< waits for the work, except on the thread

  void run(std::function<void()> work) override;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace cafmesh
