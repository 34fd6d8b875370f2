#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

// Each `..._document` takes meshd's answer to the request with the same name.
// For example, `peers_document` takes the answer to `/v1/peers`.

json peers_document(const json& answer);
std::string render_peers(const json& document, const screen& to);

json connections_document(const json& answer);
std::string render_connections(const json& document, const screen& to);

json targets_document(const json& answer);
std::string render_targets(const json& document, const screen& to);

json channels_document(const json& answer);
std::string render_channels(const json& document, const screen& to);

/// @param next the `--after` with which to list the next actors; null if there
///        are no more
json actors_document(const json& actors, const json& next);
std::string render_actors(const json& document, const screen& to);

} // namespace meshctl
