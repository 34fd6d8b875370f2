#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

/// Meshes of peers of both kinds, and what tests say of them.
namespace cafmesh::test {

enum class kind { go, cpp };

std::ostream& operator<<(std::ostream& out, kind x);

/// Starts a peer.
std::unique_ptr<mesh_peer> start(kind what, peer_options options);

/// 00:00:00:00:00:0a for 'a', whose nickname is then "a".
peer_options named(char letter);
peer_options named(char letter, std::optional<std::string> password);

/// 32 times the letter, which is a hex digit.
peer_options hash_named(char letter);

/// Two peers, one of which dials the other.
struct pair_of_kinds {
  kind dialler;
  kind acceptor;
};
std::ostream& operator<<(std::ostream& out, const pair_of_kinds& x);

/// The two pairs that are not of one kind.
const std::vector<pair_of_kinds>& both_ways();

/// The kinds of the peers of a line, from end to end.
struct kinds_in_line {
  std::vector<kind> kinds;
};
std::ostream& operator<<(std::ostream& out, const kinds_in_line& x);

/// Each kind between two of the other.
const std::vector<kinds_in_line>& lines_of_three();

/// Lets `a` dial `b`. @returns whether both then say so.
bool connect(mesh_peer& a, mesh_peer& b);

/// Whether it comes to have an established connection to `other`.
bool gets_connected(mesh_peer& peer, mesh_peer& other);

/// Whether a line of its log comes to contain the text.
bool logs(const mesh_peer& peer, const std::string& text);

/// Whether its state of the channel `test` comes to have this.
bool gets_value(mesh_peer& peer, const std::string& key, int value);

using group = std::vector<mesh_peer*>;

/// Whether all of them know all of them, and no others, within `timeout`.
bool know_each_other(const group& all,
                     std::chrono::milliseconds timeout = patience);

/// What a peer knows of the mesh, for comparison: of each peer its name, UID,
/// version and short ID, and a line for each connection, with who dialled and
/// whether it is established.
std::string view_of(mesh_peer& peer);

/// Whether all their views are the same, and stay it for a moment, within
/// `timeout`.
bool come_to_agree(const group& all,
                   std::chrono::milliseconds timeout = patience);

/// What they say that do not agree.
std::string views_of(const group& all);

bool is_broadcast(const nlohmann::json& event);
bool is_unicast(const nlohmann::json& event);

} // namespace cafmesh::test
