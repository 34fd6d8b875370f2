#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <cafmesh/storage.hpp>

namespace cafmesh {

/// A thread that several storages share. It runs all queued work, in order,
/// even work that is left when the last pointer to this object is released.
class storage_thread {
public:
  virtual ~storage_thread() = default;
  /// Queues work. May be called from any thread.
  /// @returns why there is no thread; nullopt if the work will be done
  virtual std::optional<std::string> run(std::function<void()> work) = 0;
};

using storage_thread_ptr = std::shared_ptr<storage_thread>;

/// A storage whose functions run on a thread that it shares with other
/// storages.
class shared_storage : public change_storage {
public:
  virtual const storage_thread_ptr& thread() const = 0;
  /// If the stored changes exceed both this number of bytes and the size of the
  /// whole value, they are replaced with a new copy of the whole value.
  virtual std::uint64_t most_changes() const = 0;
};

} // namespace cafmesh
