#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// The likely paths of a node's unicasts, according to its view of the mesh.
/// Only the first hop is certain, because each peer on a path chooses the next
/// hop itself.
class paths {
public:
  /// @param topology the answer to `/v1/topology`
  explicit paths(const json& topology);

  /// The peers on the way from this node to `destination`, including both;
  /// empty if no path exists.
  /// @param next the first hop, from the routes of this node
  std::vector<std::string> to(const std::string& destination,
                              const std::string& next) const;

private:
  // The neighbours of each peer. Two peers are neighbours if both say that
  // their connection is established.
  std::map<std::string, std::set<std::string>> neighbours_;
  std::string self_;
};

/// How each peer can be reached, and over which path.
/// @param peers the list in the answer to `/v1/peers`
json reachability_document(const json& peers, const json& topology);
std::string render_reachability(const json& document, const screen& to);

/// The path to one peer, and the time of a round trip.
/// @param peer an entry of `/v1/peers`
/// @param round_trip seconds, or null if it is not known
json ping_document(const json& peer, const json& topology,
                   const json& round_trip);
std::string render_ping(const json& document, const screen& to);

} // namespace meshctl
