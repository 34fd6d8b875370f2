#pragma once

#include <string>

#include "tools/meshctl/json.hpp"

namespace meshctl {

/// `NAME (NICKNAME)`, or `NAME` if the peer has no nickname.
/// @param x has the fields `name` and `nickname`
inline std::string peer_text(const json& x) {
  auto nickname = x.at("nickname").get<std::string>();
  return x.at("name").get<std::string>()
         + (nickname.empty() ? "" : " (" + nickname + ")");
}

} // namespace meshctl
