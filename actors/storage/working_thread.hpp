#pragma once

#include <functional>
#include <memory>

#include "actors/storage/shared_storage.hpp"

namespace cafmesh {

/// A thread that starts when it first gets work. If the thread cannot be made,
/// the next call of `run` tries again.
class working_thread : public storage_thread {
public:
  working_thread();
  /// Waits until all work is done, unless called on the thread itself.
  ~working_thread() override;

  std::optional<std::string> run(std::function<void()> work) override;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace cafmesh
