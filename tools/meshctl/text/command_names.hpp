#pragma once

#include <string>

namespace meshctl {

/// Replaces calls of meshd's API in a hint by the commands that make them:
/// `GET /v1/targets says why` by `meshctl targets says why`.
std::string with_commands(std::string hint);

} // namespace meshctl
