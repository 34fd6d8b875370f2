#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <cafmesh/storage.hpp>

namespace cafmesh {

/// A thread that several storages share. It does its work in order, and does
/// all of it even if the last handle is released earlier.
class storage_thread {
public:
  virtual ~storage_thread() = default;
  /// Queues work. May be called from any thread.
  virtual void run(std::function<void()> work) = 0;
};

using storage_thread_ptr = std::shared_ptr<storage_thread>;

/// A storage whose functions are called on a thread that it shares with others,
/// instead of one of its own.
class shared_storage : public change_storage {
public:
  virtual const storage_thread_ptr& thread() const = 0;
  /// The whole value replaces the changes once they take more than this number
  /// of bytes, and more bytes than the whole value.
  virtual std::uint64_t most_changes() const = 0;
};

} // namespace cafmesh
