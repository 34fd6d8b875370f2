#include "tools/meshctl/peer_lookup.hpp"

namespace meshctl {

json find_peer(const json& peers, const std::string& name) {
  json found;
  for (const auto& x : peers) {
    if (text_or_empty(x, "name") == name)
      return x;
    if (text_or_empty(x, "nickname") != name)
      continue;
    if (!found.is_null())
      throw failure{exit_code::usage, "several peers have the nickname " + name,
                    "Use a name from meshctl peers."};
    found = x;
  }
  if (found.is_null())
    throw failure{exit_code::not_found, "no peer has the name " + name,
                  "meshctl peers lists names and nicknames."};
  return found;
}

} // namespace meshctl
