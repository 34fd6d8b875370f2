#include "tests/interop/both_kinds.hpp"

#include <algorithm>
#include <ostream>
#include <thread>
#include <utility>

#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

namespace cafmesh::test {

std::ostream& operator<<(std::ostream& out, kind x) {
  switch (x) {
  case kind::go:
    return out << "go";
  case kind::cpp:
    return out << "cpp";
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const pair_of_kinds& x) {
  return out << x.dialler << " dials " << x.acceptor;
}

std::ostream& operator<<(std::ostream& out, const kinds_in_line& x) {
  const char* separator = "";
  for (auto each : x.kinds)
    out << std::exchange(separator, " - ") << each;
  return out;
}

std::unique_ptr<mesh_peer> start(kind what, peer_options options) {
  if (what == kind::go)
    return std::make_unique<go_peer>(std::move(options));
  return std::make_unique<cpp_node>(std::move(options));
}

peer_options named(char letter) {
  peer_options result;
  result.name = std::string{"00:00:00:00:00:0"} + letter;
  result.nickname = letter;
  return result;
}

peer_options named(char letter, std::optional<std::string> password) {
  auto result = named(letter);
  result.password = std::move(password);
  return result;
}

peer_options hash_named(char letter) {
  auto result = named(letter);
  result.name = std::string(32, letter);
  result.hash_names = true;
  return result;
}

const std::vector<pair_of_kinds>& both_ways() {
  static const std::vector<pair_of_kinds> result{{kind::go, kind::cpp},
                                                 {kind::cpp, kind::go}};
  return result;
}

const std::vector<kinds_in_line>& lines_of_three() {
  static const std::vector<kinds_in_line> result{
    {{kind::go, kind::cpp, kind::go}}, {{kind::cpp, kind::go, kind::cpp}}};
  return result;
}

bool connect(mesh_peer& a, mesh_peer& b) {
  a.connect_to(b.address());
  return gets_connected(a, b) && gets_connected(b, a);
}

bool gets_connected(mesh_peer& peer, mesh_peer& other) {
  return eventually([&] { return peer.is_connected_to(other.name()); });
}

bool logs(const mesh_peer& peer, const std::string& text) {
  return eventually([&] { return peer.log_contains(text); });
}

bool gets_value(mesh_peer& peer, const std::string& key, int value) {
  return eventually([&] {
    const auto state = peer.get();
    const auto i = state.find(key);
    return i != state.end() && i->second == value;
  });
}

bool know_each_other(const group& all, std::chrono::milliseconds timeout) {
  std::vector<std::string> names;
  for (auto* peer : all)
    names.push_back(peer->name());
  std::sort(names.begin(), names.end());
  return eventually(
    [&] {
      return std::all_of(all.begin(), all.end(), [&](mesh_peer* peer) {
        auto known = peer->peers();
        return std::equal(known.begin(), known.end(), names.begin(),
                          names.end(), [](const auto& x, const auto& name) {
                            // A peer of which only the name is known has UID 0
                            // and does not count.
                            return x.name == name && x.uid != 0;
                          });
      });
    },
    timeout);
}

bool reach_each_other(const group& all, std::chrono::milliseconds timeout) {
  return know_each_other(all, timeout)
         && eventually(
           [&] {
             return std::all_of(all.begin(), all.end(), [&](mesh_peer* peer) {
               return peer->status().at("UnicastRoutes").size() == all.size();
             });
           },
           timeout);
}

std::string view_of(mesh_peer& peer) {
  std::string result;
  for (const auto& x : peer.peers()) {
    result += x.name + " uid " + std::to_string(x.uid) + " version "
              + std::to_string(x.version) + " short ID "
              + std::to_string(x.short_id) + "\n";
    for (const auto& c : x.connections)
      result += std::string{"  "} + (c.outbound ? "-> " : "<- ") + c.name
                + (c.established ? "\n" : " not established\n");
  }
  return result;
}

bool come_to_agree(const group& all, std::chrono::milliseconds timeout) {
  // The views must stay the same for this long, which is more than a peer waits
  // before it announces a change.
  constexpr auto quiet = std::chrono::milliseconds{1500};
  const auto start = std::chrono::steady_clock::now();
  auto since = start;
  std::string agreed;
  return eventually(
    [&] {
      const auto first = view_of(*all.front());
      const bool same =
        std::all_of(all.begin() + 1, all.end(),
                    [&](mesh_peer* x) { return view_of(*x) == first; });
      const auto now = std::chrono::steady_clock::now();
      if (!same || first != agreed) {
        agreed = same ? first : std::string{};
        since = now;
      }
      return same && now - since >= quiet;
    },
    timeout);
}

std::ostream& operator<<(std::ostream& out, const printed_views& x) {
  for (auto* peer : x.all)
    out << "--- as seen by " << peer->name() << "\n" << view_of(*peer);
  return out;
}

printed_views views_of(group all) {
  return {std::move(all)};
}

bool is_broadcast(const nlohmann::json& event) {
  return event.at("event") == "broadcast";
}

bool is_unicast(const nlohmann::json& event) {
  return event.at("event") == "unicast";
}

} // namespace cafmesh::test
