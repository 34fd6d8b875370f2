#pragma once

namespace meshd {

/// Unmaps the code of the program and its libraries. To be called after the
/// program has started, because the start uses much more code than an idle node
/// does. When unmapped code runs, the kernel maps it from the file cache. Does
/// nothing under a debugger, because breakpoints would be lost.
void unmap_code();

} // namespace meshd
