#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Makes a document of entries that were read page by page from `/v1/kv`.
/// @param next the key after which the next page starts; null after the last
///        page
json kv_list_document(const json& entries, const json& next);
std::string render_kv_list(const json& document, const screen& to);

} // namespace meshctl
