#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

/// Helpers that build and check meshes of Go peers and cafmesh peers.
namespace cafmesh::test {

enum class kind { go, cpp };

std::ostream& operator<<(std::ostream& out, kind x);

std::unique_ptr<mesh_peer> start(kind what, peer_options options);

/// The options of the peer with this letter. For 'a', the name is
/// 00:00:00:00:00:0a and the nickname "a".
peer_options named(char letter);
peer_options named(char letter, std::optional<std::string> password);

/// The options of a peer with a hash name, which repeats the letter 32 times.
/// The letter must be a hex digit.
peer_options hash_named(char letter);

/// The kinds of two peers, one of which dials the other.
struct pair_of_kinds {
  kind dialler;
  kind acceptor;
};
std::ostream& operator<<(std::ostream& out, const pair_of_kinds& x);

/// A Go peer that dials a cafmesh peer, and the reverse.
const std::vector<pair_of_kinds>& both_ways();

/// The kinds of peers that form a line, from end to end.
struct kinds_in_line {
  std::vector<kind> kinds;
};
std::ostream& operator<<(std::ostream& out, const kinds_in_line& x);

/// Two lines: Go, cafmesh, Go, and cafmesh, Go, cafmesh.
const std::vector<kinds_in_line>& lines_of_three();

/// Makes `a` dial `b`, and waits until both report an established connection.
/// @returns whether they report it in time
bool connect(mesh_peer& a, mesh_peer& b);

/// Waits until `peer` has an established connection to `other`.
/// @returns whether it has one in time
bool gets_connected(mesh_peer& peer, mesh_peer& other);

/// Waits until a line of the peer's log contains the text.
/// @returns whether one does in time
bool logs(const mesh_peer& peer, const std::string& text);

/// Waits until the peer's state of the channel `test` has this value for `key`.
/// @returns whether it has the value in time
bool gets_value(mesh_peer& peer, const std::string& key, int value);

using group = std::vector<mesh_peer*>;

/// Waits until each peer in `all` knows exactly the peers in `all`.
/// @returns whether that is so before the timeout
bool know_each_other(const group& all,
                     std::chrono::milliseconds timeout = patience);

/// Like `know_each_other`, but also waits until each peer has a route to each
/// other peer over established connections. Before that, messages may be lost,
/// because a relay may know a peer but not its connections.
bool reach_each_other(const group& all,
                      std::chrono::milliseconds timeout = patience);

/// Waits until the views of all peers are equal and have not changed for 1.5 s.
/// @returns whether that is so before the timeout
bool come_to_agree(const group& all,
                   std::chrono::milliseconds timeout = patience);

/// Describes the mesh as a peer knows it, for comparison: the name, UID,
/// version and short ID of each peer, and a line for each connection with its
/// direction and state.
std::string view_of(mesh_peer& peer);

/// Prints the views that several peers have at the time of printing.
struct printed_views {
  group all;
  friend std::ostream& operator<<(std::ostream& out, const printed_views& x);
};

/// Returns the views of several peers, for the message of a failed test. The
/// peers are asked only when the message is printed, because BOOST_TEST may
/// create the message before it evaluates its condition.
printed_views views_of(group all);

bool is_broadcast(const nlohmann::json& event);
bool is_unicast(const nlohmann::json& event);

} // namespace cafmesh::test
