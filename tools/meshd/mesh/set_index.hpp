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

/// A copy of the elements of a watched set. It finds the elements that a change
/// has removed. Its pages leave out elements that no path can name. One thread
/// calls `apply`. Any other thread may read pages at the same time.
class set_index {
public:
  /// Applies the changes of the set to this copy.
  /// @param news the part of `now` that is new, or `now` itself
  /// @returns the changes to elements for which `is_listed` is true; none at
  ///          the first call
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
