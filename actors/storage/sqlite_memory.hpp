#pragma once

namespace cafmesh {

/// Makes SQLite allocate memory page by page, instead of memory for 20 pages
/// when it opens a file. This affects the whole process, so only a program, not
/// a library, may call it, and only before any file is opened.
void save_sqlite_memory();

} // namespace cafmesh
