#pragma once

namespace cafmesh {

/// Makes SQLite allocate memory for each page alone, and not for 20 pages when
/// it opens a file. This holds for the whole process, so only a program may
/// call it, before any file is opened.
void save_sqlite_memory();

} // namespace cafmesh
