#include "tools/meshctl/text/command_names.hpp"

#include <utility>

namespace meshctl {

std::string with_commands(std::string hint) {
  static const std::pair<std::string, std::string> names[] = {
    {"GET the key for its present ETag, and decide again",
     "meshctl kv get KEY --etag prints its present ETag; decide again"},
    {"GET /v1/kv lists", "meshctl kv list shows"},
    {"GET /v1/sets/", "meshctl set list "},
    {"GET /v1/", "meshctl "},
    {"PUT /v1/channels/", "meshctl join "},
    {"then POST it to /v1/targets", "then give it to meshctl connect"},
  };
  for (const auto& [call, command] : names)
    if (auto at = hint.find(call); at != std::string::npos)
      hint.replace(at, call.size(), command);
  return hint;
}

} // namespace meshctl
