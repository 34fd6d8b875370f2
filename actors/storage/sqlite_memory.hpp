#pragma once

namespace cafmesh {

/// Makes SQLite allocate memory page by page, instead of 20 pages for each file
/// that it opens. Affects the whole process, so only a program, not a library,
/// may call this function, before any file is opened.
void save_sqlite_memory();

} // namespace cafmesh
