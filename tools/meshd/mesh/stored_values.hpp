#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/mesh/problem.hpp"

namespace cafmesh {

class value_file;

} // namespace cafmesh

namespace meshd {

/// The file with counters and sets. The object must be made before the node and
/// its actors, and destroyed after them.
class stored_values {
public:
  /// Opens or creates the file. If that fails, values are kept in memory only,
  /// and durable writes fail.
  /// @returns what is wrong; empty if nothing is
  std::string open(const std::string& file);

  /// Null until `open` is called.
  const std::shared_ptr<cafmesh::value_file>& file() const {
    return file_;
  }
  /// The channels of all values that the file had when it was opened.
  const std::vector<std::string>& names() const {
    return names_;
  }

private:
  std::shared_ptr<cafmesh::value_file> file_;
  std::vector<std::string> names_;
};

} // namespace meshd
