#include "tools/counter/http_pages.hpp"

#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include <cafmesh/errc.hpp>

namespace counter {

namespace {

nlohmann::json to_json(const cafmesh::mesh_description& mesh) {
  std::unordered_map<cafmesh::peer_name, std::string> nicknames;
  for (const auto& x : mesh.peers)
    nicknames.emplace(x.peer.name, x.peer.nickname);
  auto peers = nlohmann::json::array();
  for (const auto& x : mesh.peers) {
    auto connections = nlohmann::json::array();
    for (const auto& c : x.connections)
      connections.push_back({{"Name", c.remote.str()},
                             {"NickName", nicknames[c.remote]},
                             {"Address", c.remote_address},
                             {"Outbound", c.outbound},
                             {"Established", c.established}});
    peers.push_back(
      {{"Name", x.peer.name.str()},
       {"NickName", x.peer.nickname},
       {"UID", value_of(x.peer.uid)},
       {"ShortID", x.peer.alias ? value_of(*x.peer.alias) : std::uint16_t{0}},
       {"Version", x.peer.version},
       {"Connections", std::move(connections)}});
  }
  return peers;
}

void say_why(const http::responder& to, const caf::error& why) {
  to.send({503, "text/plain", cafmesh::describe(why) + "\n"});
}

page_source::number_taker say_count(const http::responder& to,
                                    const char* what) {
  return [to, what](const caf::expected<std::int64_t>& x) {
    if (!x)
      return say_why(to, x.error());
    to.send({200, "text/plain; charset=utf-8",
             std::string{what} + " => " + std::to_string(*x) + "\n"});
  };
}

void say_peers(const http::responder& to,
               const caf::expected<cafmesh::mesh_description>& x) {
  if (!x)
    return say_why(to, x.error());
  auto text =
    to_json(*x).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  to.send({200, "application/json", text + "\n"});
}

} // namespace

page_source::~page_source() = default;

void add_pages(http::router& to, page_source& source) {
  to.add("GET", "/",
         [&source](const http::request&, const http::responder& back) {
           source.count(say_count(back, "get"));
         });
  // Allows any content type, because `curl -d` sends the content type of a
  // form.
  http::route_options any;
  any.any_content_type = true;
  to.add(
    "POST", "/",
    [&source](const http::request&, const http::responder& back) {
      source.increment(say_count(back, "incr"));
    },
    any);
  to.add("GET", "/peers",
         [&source](const http::request&, const http::responder& back) {
           source.mesh([back](const auto& x) { say_peers(back, x); });
         });
}

} // namespace counter
