#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// The answers of meshd from which the status is made.
struct status_parts {
  json node;
  json health; ///< from /readyz
  json peers;
  json connections;
  json targets;
  json channels;
};

json status_document(const status_parts& x);
std::string render_status(const json& document, const screen& to);

} // namespace meshctl
