#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cafmesh/storage.hpp>

namespace cafmesh {

/// Stores many small replicated values in one SQLite file, each under a name.
/// One thread reads and writes all values.
class value_file {
public:
  virtual ~value_file() = default;

  /// Opens the file, or creates it. May block. After an error, the file stays
  /// as it was, and loading any value in it fails with the same error.
  virtual caf::error open() = 0;
  /// @returns the names of the stored values, sorted
  /// @pre `open` has been called, and no storage is used yet
  virtual caf::expected<std::vector<std::string>> names() = 0;
  /// Makes a storage for the value with this name. At most one storage per name
  /// may be in use at a time. A storage may outlive this object.
  virtual change_storage_ptr storage_of(const std::string& name) = 0;
};

using value_file_ptr = std::shared_ptr<value_file>;

/// Makes a value file without opening it. If the library was built without
/// SQLite, `open` returns an error that says so.
/// @param patience how long `open` waits for the lock of the file
value_file_ptr make_sqlite_value_file(
  std::string file,
  std::chrono::milliseconds patience = std::chrono::seconds{2});

} // namespace cafmesh
