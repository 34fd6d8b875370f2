#pragma once

#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// The answer of `/readyz`, which has status 503 if the node is not ready.
json get_health(api& from);

} // namespace meshctl
