/// Writes the first inputs of each fuzz target, its seeds: one folder per
/// target, one file per input. Many of them come from the files in tests/data.
///
///     fuzz_seeds FOLDER

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/make_message.hpp>

#include "actors/caf_version/message_codec.hpp"
#include "actors/core/crdt/outline.hpp"
#include "actors/core/directory/document.hpp"
#include "actors/core/remote/packets.hpp"
#include "messages/wire/byte_stream.hpp"
#include "messages/wire/counter_state.hpp"
#include "messages/wire/envelope.hpp"
#include "messages/wire/frame.hpp"
#include "messages/wire/gob.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/fuzz/topology_case.hpp"
#include "tests/support/vectors.hpp"
#include <cafmesh/observed_remove_set.hpp>

namespace {

using namespace cafmesh;
using namespace cafmesh::test;

void append(bytes& out, byte_view xs) {
  out.insert(out.end(), xs.begin(), xs.end());
}

void append_run(bytes& out, byte_view xs) {
  out.push_back(static_cast<std::uint8_t>(xs.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(xs.size()));
  append(out, xs);
}

bytes framed(wire::framing kind, byte_view content) {
  bytes result;
  wire::append_frame_header(kind, content.size(), result);
  append(result, content);
  return result;
}

class seed_folder {
public:
  explicit seed_folder(std::string where) : where_(std::move(where)) {
  }

  void add(const std::string& target, byte_view xs) {
    auto folder = where_ + "/" + target;
    std::filesystem::create_directories(folder);
    std::ofstream file{folder + "/" + std::to_string(++count_),
                       std::ios::binary};
    file << xs.as_text();
    if (!file.flush())
      throw std::runtime_error("cannot write to " + folder);
  }

  /// Adds inputs that consist of a byte from `ways`, a byte that chooses the
  /// pieces in which the rest arrives, and `xs`.
  void add_after(const std::string& target,
                 const std::vector<std::uint8_t>& ways, byte_view xs) {
    for (auto way : ways)
      for (auto pieces : {std::uint8_t{1}, std::uint8_t{77}}) {
        bytes all{way, pieces};
        append(all, xs);
        add(target, all);
      }
  }

  std::size_t count() const {
    return count_;
  }

private:
  std::string where_;
  std::size_t count_ = 0;
};

void add_stream(seed_folder& out, byte_view gob) {
  out.add("gob", gob);
  for (auto kind : {wire::framing::gob, wire::framing::length_prefix})
    out.add("frame", framed(kind, gob));
}

void add_features(seed_folder& out, byte_view gob) {
  out.add("features", gob);
  // The bytes of a remote without encryption: the header, a flag in version 2,
  // and features.
  bytes plain{'w', 'e', 'a', 'v', 'e', 1, 2, 0};
  append(plain, framed(wire::framing::length_prefix, gob));
  out.add_after("handshake", {0, 1}, plain);
  bytes version_1{'w', 'e', 'a', 'v', 'e', 1, 1};
  append(version_1, gob);
  out.add_after("handshake", {0, 1}, version_1);
  // These two frames hold features and a heartbeat. The fuzz target seals them
  // as the remote would.
  bytes frames;
  append_run(frames, gob);
  append_run(frames, bytes{0});
  out.add_after("handshake", {6, 7, 14, 15, 6 + 64, 7 + 64, 15 + 64}, frames);
}

void add_gossip(seed_folder& out, const json& list) {
  bytes frames[2];
  auto flush = [&] {
    for (auto i : {0, 1}) {
      for (auto way : {0, 2, 4, 6})
        out.add_after("link", {static_cast<std::uint8_t>(way + i)}, frames[i]);
      frames[i].clear();
    }
  };
  for (const auto& x : list) {
    auto gob = bytes_in(x, "gob");
    out.add("envelope", gob);
    bytes message{static_cast<std::uint8_t>(number_in(x, "tag"))};
    append(message, gob);
    for (auto i : {0, 1})
      append(frames[i],
             framed(i == 0 ? wire::framing::length_prefix : wire::framing::gob,
                    message));
    if (frames[0].size() >= 2000)
      flush();
  }
  if (!frames[0].empty())
    flush();
}

void add_topology(seed_folder& out, name_flavour flavour, const bytes& gob) {
  bytes steps{fuzz::topology_seed(flavour), 0};
  append_run(steps, gob);
  // These steps change the mesh model: a connection is added and established,
  // the same update arrives again, time passes, and changed records are
  // announced.
  append(steps, bytes{3, 3, 1, 0, 3, 4, 1, 0});
  append_run(steps, gob);
  append(steps, bytes{6, 100, 7, 5, 1});
  out.add("topology", steps);
  append(steps, bytes{1, 2, 3,    1, 0,    3, 0x00, 0x40, 0x00, 0x40, 8, 2,  0,
                      9, 0, 0x04, 0, 0x04, 3, 8,    2,    0,    1,    6, 255});
  out.add("topology", steps);
}

void add_counters(seed_folder& out, name_flavour flavour,
                  const std::vector<peer_name>& names) {
  wire::counter_map counters;
  bytes both;
  for (auto name : names) {
    counters[name] = static_cast<std::int64_t>(counters.size() * 100 + 1);
    bytes gob;
    wire::append_counters(gob, counters, flavour);
    add_stream(out, gob);
    append_run(both, gob);
    out.add("replicas", both);
    both.clear();
    append_run(both, gob);
    append(both, gob);
    out.add("replicas", both);
    both.clear();
  }
}

void add_outlines(seed_folder& out) {
  observed_remove_set x, y;
  auto add = [](observed_remove_set& set, int number, std::uint64_t uid) {
    set.merge(*set.add("element " + std::to_string(number), peer_uid{uid}));
  };
  for (int i = 0; i < 100; ++i)
    add(x, i, 1 + static_cast<std::uint64_t>(i % 2));
  y = x;
  for (int i = 0; i < 100; i += 9) {
    y.merge(y.remove("element " + std::to_string(i)));
    add(i % 2 == 0 ? x : y, 100 + i, 3);
  }
  const auto from_x = x.outline(peer_name::from_number(1));
  const auto from_y = y.compare(from_x.view(), peer_name::from_number(2));
  for (const auto& message : {from_x, from_y->reply}) {
    bytes all;
    append_run(all, x.encode()[0].view());
    append_run(all, y.encode()[0].view());
    append(all, message.view());
    out.add("outlines", all);
  }
}

// Adds the messages that directories exchange about the names of one peer, each
// on its own and all together.
void add_names(seed_folder& out) {
  const names::life of{peer_name::from_number(2), peer_uid{2}};
  names::document x{of, "node 2"};
  const auto nothing = x.have();
  x.edit("db", names::entry{7, names::make_interface({"a", "b"}),
                            names::make_attributes({{"zone", "1"}})});
  x.seal(1);
  const auto first = x.have();
  x.edit("db", std::nullopt);
  x.edit("web", names::entry{9, nullptr, nullptr});
  x.seal(2);
  bytes headers{static_cast<std::uint8_t>(names::kind::headers)};
  names::append_header(headers, x.head());
  const names::life ours{peer_name::from_number(1), peer_uid{1}};
  const outline all{of.peer, {{outline::kind::described, {}, 2, {1, 2}}}};
  const std::vector<payload> messages{names::encode_announcement(x.head()),
                                      payload{headers},
                                      x.part_for({0, {1, 1}, std::nullopt}),
                                      *x.changes_for(first),
                                      *x.changes_for(nothing),
                                      names::encode(names::pull{ours, {}}),
                                      payload{encode(all)}};
  for (std::uint8_t way : {std::uint8_t{0}, std::uint8_t{128}}) {
    bytes both;
    for (const auto& message : messages) {
      bytes one{way};
      append_run(one, message.view());
      out.add("names", one);
      append(both, one);
    }
    out.add("names", both);
  }
}

void add_vectors(seed_folder& out, name_flavour flavour) {
  auto file = load_vectors(flavour);
  std::vector<peer_name> names;
  for (const auto& x : section(file, "scalars"))
    add_stream(out, bytes_in(x, "gob"));
  for (const auto& x : section(file, "features")) {
    add_stream(out, bytes_in(x, "gob"));
    add_features(out, bytes_in(x, "gob"));
  }
  add_stream(out, bytes_in(file.at("v1_stream"), "gob"));
  add_gossip(out, section(file, "gossip"));
  for (const auto& x : section(file, "gossip"))
    names.push_back(name_in(x, "src", flavour));
  for (const auto& x : section(file, "topology")) {
    add_stream(out, bytes_in(x, "gob"));
    add_topology(out, flavour, bytes_in(x, "gob"));
  }
  names.resize(std::min<std::size_t>(names.size(), 3));
  add_counters(out, flavour, names);
}

// Adds HTTP requests. The first byte of an input chooses the pieces in which
// the rest arrives.
void add_requests(seed_folder& out) {
  for (const auto* x :
       {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/b%20c?q=d+e HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Trailer: z\r\n\r\n",
        "GET /a/b HTTP/1.1\r\nHost: a\r\nLast-Event-ID: "
        "e-1\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "POST http://b/ HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n"
        "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n0",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /dropped "
        "HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    auto raw = std::string{'\1'} + x;
    out.add("http", byte_view{std::string_view{raw}});
  }
}

// Adds texts, each after a byte that chooses its reader.
void add_texts(seed_folder& out, const std::string& target,
               const std::vector<std::vector<std::string>>& by_reader) {
  for (std::size_t i = 0; i < by_reader.size(); ++i)
    for (const auto& x : by_reader[i]) {
      auto raw = std::string(1, static_cast<char>(i)) + x;
      out.add(target, byte_view{raw});
    }
}

void add_client_input(seed_folder& out) {
  add_texts(
    out, "client_input",
    {{"\"1-a\", W/\"2-b\" ,*"},
     {R"({"message":[1,-2.5,true,"x",{"u64":7},{"f32":1e30},{"i8":-128}]})",
      R"({"message":[4294967296],"timeout_seconds":0.5})"},
     {R"({"addresses":["a.example:1","[::1]:2"]})"},
     {R"({"add":4294967295})"},
     {R"({"to":"00:00:00:00:00:01"})", "{}"},
     {"10s", "500ms", "2min", "24h", "7"},
     {"\1127.0.0.1:1", "\5a,b",
      "\13"
      "24h",
      "\14"
      "100",
      "\4true"},
     {"localhost:8080", "127.0.0.1.:8080", "node.example:1", "[::1]:99"},
     {"http://a:1", "null", "https://a:1"},
     {"e-7", "e-10", "e-partial"},
     {R"({"life":1,"uid":"7","began_at":"2026-01-30T12:00:00Z",)"
      R"("ended_at":null,"end":"unclean"})"
      "\n"},
     {"7\n2\na:http"}});
}

void add_meshctl(seed_folder& out) {
  add_texts(out, "meshctl",
            {{"\1id: e-1\nevent: put\ndata: {}\n\n: x\r\ndata:y\r\n\r\n"},
             {"127.0.0.1:6784", "[::1]:1", "https://a", "unix:/x", "node"},
             {"30s", "500ms", "2m", "1.5h", "7"},
             {"Sun, 06 Nov 1994 08:49:37 GMT"},
             {"QUJD", "QQ==", "QUI="},
             {"name\x1b[31m \xc3\xa9 \\ \xe2\x80\xae"}});
}

void add_settings(seed_folder& out) {
  for (const auto* x :
       {"[meshd]\nhttp = \"127.0.0.1:1\"\nmax-sets = 3\n[mesh]\nport = 1\n",
        "[mesh]\npeers = [\"a\", \"b:1\"]\ngossip-interval = 5s\n"
        "discovery = false\nnickname = 'x'\n",
        "[meshd]\nkv-retention = 90min\nhttp-allowed-hosts = [\"a\"]\n"
        "[scheduler]\nmax-threads = 2\n"})
    out.add("settings", byte_view{std::string_view{x}});
}

// Adds two packets with the fragments of a message, and a packet that ends
// another message before it is complete.
void add_large_message(seed_folder& out) {
  using namespace cafmesh::remote;
  constexpr std::size_t piece = least_fragment;
  bytes input;
  auto add = [&](std::uint64_t number, fragment_place place, std::size_t size) {
    bytes traffic;
    append_traffic(traffic, {false, number, number, 0, 0, 0, 0});
    append_fragment(traffic, place, bytes(size, 16));
    input.push_back(1);
    append_run(input, traffic);
  };
  add(1, {1, 0, piece + 9}, piece);
  add(2, {2, 0, 2 * piece}, piece);
  add(3, {1, piece, piece + 9}, 9);
  add(4, {2, 0, 0}, 0);
  out.add("actor_packets", input);
}

// Adds a packet of each kind from the peer that the target expects, with the
// frames that a packet may hold.
void add_packets(seed_folder& out) {
  using namespace cafmesh::remote;
  bytes frames;
  append_data(frames, bytes{1, 2, 3});
  append_control(frames, 1, 0, bytes{4, 5});
  for (auto kind :
       {packet_kind::hello, packet_kind::welcome, packet_kind::traffic}) {
    bytes raw;
    append_head(raw, {kind, peer_uid{2}, peer_uid{1}, 22, 11, 1});
    append(raw, frames);
    bytes input{0};
    append_run(input, raw);
    out.add("actor_packets", input);
  }
  bytes traffic;
  append_traffic(traffic, traffic_head{});
  append(traffic, frames);
  bytes input{1};
  append_run(input, traffic);
  out.add("actor_packets", input);
  add_large_message(out);
}

// Adds a message after the byte that decides which handles are accepted: 1 for
// those of the exported actor, 2 for those of other nodes.
void add_message(seed_folder& out, std::uint8_t accepted, byte_view content) {
  bytes input{accepted};
  append(input, content);
  out.add("actor_messages", input);
}

// Adds a request to spawn an actor of the type that the target has registered.
void add_spawn_request(seed_folder& out) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto request =
    caf::make_message(caf::spawn_atom_v, std::string{"listener"},
                      caf::make_message(std::int32_t{1}, std::string{"text"}),
                      std::set<std::string>{});
  bytes content;
  std::vector<caf::actor_id> local;
  if (caf_version::encode_content(system, request, 1024, content, local))
    throw std::runtime_error("a request to spawn an actor");
  add_message(out, 0, content);
}

// A message of a number and a handle. The handle is of the actor `id` at the
// node with the process ID `process` and a host ID of 20 letters `host`. The
// number equals the atom with which CAF begins a node ID.
bytes message_with_handle(std::uint64_t id, std::uint8_t process, char host) {
  const auto marker =
    static_cast<std::uint64_t>(caf::node_id::default_data::class_id);
  auto result =
    byte_view{std::string_view{"\x02\x04@u64\x06@actor"}}.to_bytes();
  for (auto x : {marker, id, marker})
    wire::append_fixed(result, x);
  append(result, bytes{0, 0, 0, process});
  append(result, bytes(20, static_cast<std::uint8_t>(host)));
  return result;
}

// Adds messages between actors. Each begins with the number of its elements,
// followed by the type name and the value of each element.
void add_messages(seed_folder& out) {
  for (const auto* x : {"", "\x01\x04@i32", "\x01\x04@str\x02hi"})
    add_message(out, 0, byte_view{std::string_view{x}});
  // 526 values of type bool, in 66 bytes.
  bytes bools{1, 5, 'b', 'o', 'o', 'l', 's', 0x8e, 0x04, 66};
  append(bools, bytes(66, 0x5b));
  add_message(out, 0, bools);
  // The target replaces the letters E and H by the IDs of its exported and its
  // hidden actor, and the letter N by its own node. One actor's ID equals the
  // atom with which CAF begins a node ID.
  constexpr std::uint64_t exported = 0x4545454545454545;
  constexpr std::uint64_t hidden = 0x4848484848484848;
  const auto marker =
    static_cast<std::uint64_t>(caf::node_id::default_data::class_id);
  for (auto accepted : {std::uint8_t{0}, std::uint8_t{3}}) {
    for (auto id : {exported, hidden, marker})
      add_message(out, accepted, message_with_handle(id, 0, 'N'));
    add_message(out, accepted, message_with_handle(7, 1, 'R'));
  }
  add_spawn_request(out);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "fuzz_seeds FOLDER" << std::endl;
    return 2;
  }
  try {
    seed_folder out{argv[1]};
    for (auto flavour : all_name_flavours)
      add_vectors(out, flavour);
    add_requests(out);
    add_client_input(out);
    add_meshctl(out);
    add_settings(out);
    add_names(out);
    add_outlines(out);
    add_packets(out);
    add_messages(out);
    std::cout << out.count() << " seeds" << std::endl;
    return 0;
  } catch (const std::exception& x) {
    std::cerr << "fuzz_seeds: " << x.what() << std::endl;
    return 1;
  }
}
