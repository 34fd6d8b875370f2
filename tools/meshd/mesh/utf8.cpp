#include "tools/meshd/mesh/utf8.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace meshd {

bool is_utf8(std::string_view x) {
  if (std::all_of(x.begin(), x.end(), [](char c) { return (c & 0x80) == 0; }))
    return true;
  // The JSON library throws if the text is not valid UTF-8.
  try {
    static_cast<void>(nlohmann::json(std::string{x}).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

} // namespace meshd
