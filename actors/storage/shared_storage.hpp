#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <cafmesh/storage.hpp>

namespace cafmesh {

/// A thread that several storages share. Runs all queued work in order, even
/// after the last pointer to this object is released.
class storage_thread {
public:
  virtual ~storage_thread() = default;
  /// Queues work. May be called from any thread.
  /// @returns why the thread cannot be made; nullopt if the work will be done
  virtual std::optional<std::string> run(std::function<void()> work) = 0;
};

using storage_thread_ptr = std::shared_ptr<storage_thread>;

/// A storage whose functions run on a thread that it shares with other
/// storages.
class shared_storage : public change_storage {
public:
  virtual const storage_thread_ptr& thread() const = 0;
  /// If the stored changes exceed both this number of bytes and the size of the
  /// whole value, a new copy of the whole value replaces them.
  virtual std::uint64_t most_changes() const = 0;
};

} // namespace cafmesh
