#pragma once

#include <memory>

namespace meshd {

/// Keeps a watch on a value alive. The watch ends when the last copy of this
/// pointer is destroyed.
using watch_ptr = std::shared_ptr<const void>;

} // namespace meshd
