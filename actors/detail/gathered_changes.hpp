#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <cafmesh/detail/value_memory.hpp>

/// Gathers the changes of a value until somebody takes them.
namespace cafmesh::replication {

/// Merges `change` into `all`, which may be empty.
template <class V>
void add_to(std::optional<V>& all, const V& change) {
  if (all)
    all->merge(change);
  else
    all = change;
}

/// Returns the value in `gathered` as a snapshot, and leaves `gathered` empty.
/// @pre `gathered` is not empty
template <class V>
std::shared_ptr<const V> take(std::optional<V>& gathered) {
  return std::make_shared<const V>(*std::exchange(gathered, std::nullopt));
}

/// Changes of a value, merged into one, that wait until somebody takes them.
/// The merged change can become larger than the value, for instance because the
/// value forgets old deletions. In this case the change is dropped, and `take`
/// returns the whole value instead.
template <class V>
class gathered_changes {
public:
  /// Changes that take at most this many bytes of memory are kept even if they
  /// are larger than the value.
  static constexpr std::size_t least_limit = 64 * 1024;

  bool empty() const noexcept {
    return !changes_ && !is_whole_;
  }
  bool is_whole() const noexcept {
    return is_whole_;
  }

  /// @param whole the value, which contains the change
  void add(const V& change, const V& whole) {
    if (is_whole_)
      return;
    add_to(changes_, change);
    if (memory_of(*changes_) > std::max(memory_of(whole), least_limit))
      add_whole();
  }
  /// Adds changes that are older than all changes gathered so far.
  void add_earlier(const V& changes, const V& whole) {
    if (is_whole_)
      return;
    auto later = std::exchange(changes_, std::nullopt);
    add(changes, whole);
    if (later)
      add(*later, whole);
  }
  void add_whole() {
    changes_.reset();
    is_whole_ = true;
  }

  /// Removes and returns the changes, or `whole` if the whole value is due.
  /// @pre there are changes
  std::shared_ptr<const V> take(const std::shared_ptr<const V>& whole) {
    return std::exchange(is_whole_, false) ? whole
                                           : replication::take(changes_);
  }

private:
  std::optional<V> changes_;
  bool is_whole_ = false;
};

} // namespace cafmesh::replication
