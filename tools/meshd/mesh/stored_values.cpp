#include "tools/meshd/mesh/stored_values.hpp"

#include <utility>

#include "actors/storage/sqlite_memory.hpp"
#include "actors/storage/sqlite_value_file.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

std::string stored_values::open(const std::string& file) {
  cafmesh::save_sqlite_memory();
  file_ = cafmesh::make_sqlite_value_file(file);
  if (auto why = file_->open())
    return cafmesh::describe(why);
  auto found = file_->names();
  if (!found)
    return cafmesh::describe(found.error());
  names_ = std::move(*found);
  return {};
}

} // namespace meshd
