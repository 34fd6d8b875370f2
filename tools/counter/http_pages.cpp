#include "tools/counter/http_pages.hpp"

#include <algorithm>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include <cafmesh/errc.hpp>

namespace counter {

namespace {

// The maximum size of a request's body in bytes. Requests to the counter need
// no body; the limit keeps clients from filling the memory.
constexpr std::size_t longest_body = 64 * 1024;

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

void say_why(httplib::Response& res, const caf::error& why) {
  res.status = 503;
  res.set_content(cafmesh::describe(why) + "\n", "text/plain");
}

void say_count(httplib::Response& res, const char* what,
               const caf::expected<std::int64_t>& x) {
  if (!x)
    return say_why(res, x.error());
  res.set_content(std::string{what} + " => " + std::to_string(*x) + "\n",
                  "text/plain; charset=utf-8");
}

void say_peers(httplib::Response& res,
               const caf::expected<cafmesh::mesh_description>& x) {
  if (!x)
    return say_why(res, x.error());
  res.set_content(
    to_json(*x).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
      + "\n",
    "application/json");
}

/// A connection without a socket, which already holds all that the client
/// sends, and collects the answers.
class closed_stream : public httplib::Stream {
public:
  explicit closed_stream(std::string_view requests) : requests_(requests) {
  }

  bool is_readable() const override {
    return true;
  }
  bool is_writable() const override {
    return true;
  }
  ssize_t read(char* to, std::size_t size) override {
    size = requests_.copy(to, size);
    requests_.remove_prefix(size);
    return static_cast<ssize_t>(size);
  }
  ssize_t write(const char* from, std::size_t size) override {
    answers_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {
  }
  void get_local_ip_and_port(std::string&, int&) const override {
  }
  socket_t socket() const override {
    return INVALID_SOCKET;
  }

  bool at_end() const {
    return requests_.empty();
  }
  const std::string& answers() const {
    return answers_;
  }

private:
  std::string_view requests_;
  std::string answers_;
};

} // namespace

page_source::~page_source() = default;

http_pages::http_pages(page_source& source) {
  set_payload_max_length(longest_body);
  Get("/", [&source](const httplib::Request&, httplib::Response& res) {
    say_count(res, "get", source.count());
  });
  // This handler has a content reader, which reads nothing. Without one, the
  // library would wait for the end of the connection if a request has no
  // length, like that of `curl -X POST`. The connection is closed, so that a
  // body cannot be read as the next request.
  Post("/", [&source](const httplib::Request&, httplib::Response& res,
                      const httplib::ContentReader&) {
    res.set_header("Connection", "close");
    say_count(res, "incr", source.increment());
  });
  Get("/peers", [&source](const httplib::Request&, httplib::Response& res) {
    say_peers(res, source.mesh());
  });
}

std::string http_pages::answer(std::string_view requests) {
  closed_stream client{requests};
  bool closed = false;
  while (!closed && !client.at_end())
    if (!process_request(client, false, closed, nullptr))
      break;
  return client.answers();
}

} // namespace counter
