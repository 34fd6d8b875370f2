#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/mesh/problem.hpp"

namespace cafmesh {

class value_file;

} // namespace cafmesh

namespace meshd {

/// The counters and sets on disk. Made before the node and its actors, and
/// destroyed after them.
class stored_values {
public:
  /// Opens the file; makes it if there is none. If it fails, values are only
  /// in memory, and durable writes fail.
  /// @returns what is wrong; empty if nothing is
  std::string open(const std::string& file);

  /// Null without a file.
  const std::shared_ptr<cafmesh::value_file>& file() const {
    return file_;
  }
  /// The channels of all values that were there when the file was opened.
  const std::vector<std::string>& names() const {
    return names_;
  }

private:
  std::shared_ptr<cafmesh::value_file> file_;
  std::vector<std::string> names_;
};

} // namespace meshd
