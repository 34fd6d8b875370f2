#include "tools/meshctl/view/target_advice.hpp"

#include <cstring>

namespace meshctl {

namespace {

struct entry {
  const char* error; ///< the name of an error, or words of its text
  advice what;
};

// The first entry that fits is used, so specific entries precede general ones.
// An `error` with a final colon is a name from `errc`.
constexpr entry entries[] = {
  {"Connection refused",
   {"closed_port", "error", "nothing listens on the port",
    "Start the node there, or correct the address; if it runs, look for a "
    "firewall that rejects connections."}},
  {"No route to host",
   {"no_route_to_host", "error", "the network does not reach the host",
    "Check the address, the routes and the firewall of both machines."}},
  {"Network is unreachable",
   {"no_route_to_host", "error", "this machine has no route to that network",
    "Check the address and the routes of this machine."}},
  {"cannot_open:",
   {"passwords_differ", "error", "the passwords differ",
    "Give both nodes the same password."}},
  {"encryption_mismatch:",
   {"password_missing", "error", "one side has a password, the other has none",
    "Give both nodes the same password, or none."}},
  {"password_dropped:",
   {"password_dropped", "error",
    "the connection used a password that the node has dropped",
    "Give the other node the new password."}},
  {"version_mismatch:",
   {"versions_differ", "error", "the nodes have no protocol version in common",
    "Allow more versions in the settings, or update the older node."}},
  {"flavour_mismatch:",
   {"flavours_differ", "error", "the nodes use peer names of other kinds",
    "Use the same flavour, mac or hash, on all nodes."}},
  {"name_collision:",
   {"name_twice", "error", "two running nodes have the same peer name",
    "Give each node a name of its own; a copied machine may have copied it."}},
  {"connected_to_self:",
   {"dials_itself", "note", "the address leads to the node itself",
    "Nothing is wrong; meshctl forget ends the attempts."}},
  {"cannot_resolve:",
   {"unknown_host", "error", "the host name has no address",
    "Correct the name, or the name server of this machine."}},
  {"timed_out:",
   {"no_answer", "error", "the host does not answer",
    "Is the machine up? A firewall may drop the packets."}},
  {"bad_header:",
   {"not_a_mesh_port", "error", "the port belongs to another service",
    "Use the mesh port (6783 by default), not that of the HTTP API."}},
  {"bad_address:",
   {"bad_address", "error", "the address cannot be understood",
    "Write it as HOST:PORT."}},
  {"bad_feature:",
   {"not_understood", "error", "the introductions do not fit together",
    "Are both nodes of cafmesh or of weaveworks/mesh? The log says more."}},
  {"connection_limit:",
   {"too_many_connections", "warning",
    "a limit on the number of connections is reached",
    "Raise the limit on the side that refuses, or dial other nodes."}},
  {"connection_closed:",
   {"closed_by_remote", "warning", "the other side has closed the connection",
    "Its log says why; often it is another password, or a limit."}},
};

constexpr advice other = {"cannot_connect", "warning",
                          "the node cannot connect",
                          "The log of the node says more."};

} // namespace

advice advice_for(const std::string& error) {
  for (const auto& x : entries) {
    auto position = error.find(x.error);
    auto is_name = x.error[std::strlen(x.error) - 1] == ':';
    if (is_name ? position == 0 : position != error.npos)
      return x.what;
  }
  return other;
}

} // namespace meshctl
