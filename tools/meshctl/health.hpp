#pragma once

#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// Gets the answer to `/readyz`. If the node is not ready, the answer has
/// status 503 but is returned all the same.
json get_health(api& from);

} // namespace meshctl
