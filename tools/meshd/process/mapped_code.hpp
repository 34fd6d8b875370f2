#pragma once

namespace meshd {

/// Unmaps the code of the program and its libraries, after a start that has
/// used much more of it than an idle node does. The kernel maps code again when
/// it runs, from its cache of the files. Does nothing under a debugger, whose
/// breakpoints would be lost.
void unmap_code();

} // namespace meshd
