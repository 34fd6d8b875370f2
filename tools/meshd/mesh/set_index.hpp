#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tools/meshd/mesh/set_change.hpp"
#include "tools/meshd/mesh/text_page.hpp"
#include <cafmesh/observed_remove_set.hpp>

namespace meshd {

/// The elements of a set that is watched. They are a copy: whoever holds a
/// snapshot of the set makes each change copy the whole set. One thread calls
/// `apply`; any other thread may read pages meanwhile.
class set_index {
public:
  /// Takes over the changes of the set, and lists them, but not at the first
  /// call, and not those that lists leave out (`is_listed`).
  /// @param news the part of `now` that is new, or `now` itself
  std::vector<set_change> apply(const cafmesh::observed_remove_set& now,
                                const cafmesh::observed_remove_set& news);

  text_page page(const std::string& after, std::size_t limit) const;

private:
  std::vector<set_change> take(std::vector<std::string> removed,
                               std::vector<std::string> added);

  std::set<std::string> hidden_; // used by `apply` only
  mutable std::mutex mutex_;
  std::set<std::string> listed_; // `apply` reads it without the lock
  bool is_filled_ = false;
};

} // namespace meshd
