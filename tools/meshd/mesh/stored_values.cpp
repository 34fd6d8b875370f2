#include "tools/meshd/mesh/stored_values.hpp"

#include <utility>

#include "actors/storage/sqlite_collection.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

std::string stored_values::open(const std::string& file) {
  collection_ = cafmesh::make_sqlite_collection(file);
  if (auto why = collection_->open())
    return cafmesh::describe(why);
  auto found = collection_->names();
  if (!found)
    return cafmesh::describe(found.error());
  names_ = std::move(*found);
  return {};
}

} // namespace meshd
