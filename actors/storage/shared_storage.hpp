#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <cafmesh/storage.hpp>

namespace cafmesh {

/// A thread that several storages share. Each work is done after all earlier
/// ones; all is done before the last handle of the thread is gone.
class storage_thread {
public:
  virtual ~storage_thread() = default;
  /// Does the work soon. Any thread may call it.
  virtual void run(std::function<void()> work) = 0;
};

using storage_thread_ptr = std::shared_ptr<storage_thread>;

/// A storage whose functions are called on a thread that it shares with others,
/// instead of one of its own.
class shared_storage : public change_storage {
public:
  virtual const storage_thread_ptr& thread() const = 0;
  /// The size in bytes at which changes are replaced by the whole value, unless
  /// that is larger.
  virtual std::uint64_t most_changes() const = 0;
};

} // namespace cafmesh
