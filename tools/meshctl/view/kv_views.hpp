#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Entries of `/v1/kv`, from all pages that were asked for.
json kv_list_document(const json& entries, const json& next);
std::string render_kv_list(const json& document, const screen& to);

} // namespace meshctl
