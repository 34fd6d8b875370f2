#pragma once

#include <string>

namespace meshctl {

/// Replaces API calls in a hint from meshd with the commands that make them.
/// For example, `GET /v1/targets says why` becomes `meshctl targets says why`.
std::string with_commands(std::string hint);

} // namespace meshctl
