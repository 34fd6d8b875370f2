#pragma once

#include <memory>

namespace meshd {

/// Keeps a watch of a value going; the watch ends when the last copy is
/// destroyed.
using watch_ptr = std::shared_ptr<const void>;

} // namespace meshd
