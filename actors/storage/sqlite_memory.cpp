#include "actors/storage/sqlite_memory.hpp"

#include <sqlite3.h>

namespace cafmesh {

void save_sqlite_memory() {
  sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
}

} // namespace cafmesh
