#include "tests/scenarios/lies.hpp"

#include <algorithm>
#include <chrono>

#include "actors/core/mesh/record_limits.hpp"
#include "messages/wire/counter_state.hpp"
#include "messages/wire/gob.hpp"
#include "messages/wire/topology_digest.hpp"
#include <cafmesh/grow_counter.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

namespace cafmesh::test {

namespace {

constexpr std::size_t phantoms = 8;
constexpr std::uint64_t first_phantom = 1000;

peer_name named(char letter) {
  return peer_name::from_number(static_cast<std::uint64_t>(letter));
}

peer_record known_record(const mesh_description& known, peer_name who) {
  for (const auto& x : known.peers)
    if (x.peer.name == who)
      return x;
  return {};
}

} // namespace

lies::lies(std::uint64_t seed, std::string honest, char self)
    : rng_(seed), honest_(std::move(honest)), self_(self) {
}

// -- names

peer_name lies::anybody() {
  switch (below(5)) {
  case 0:
    return named(self_);
  case 1:
    return phantom();
  default:
    return named(honest_letter());
  }
}

peer_name lies::phantom() {
  auto result = peer_name::from_number(first_phantom + below(phantoms));
  invented_.insert(result);
  return result;
}

// -- topology

// Makes the description of a connection to this peer. The remote address may
// belong to an honest peer, refuse dials, or be missing.
connection_summary lies::link_to(peer_name who) {
  connection_summary result;
  result.remote = who;
  result.outbound = !chance(3);
  result.established = !chance(4);
  if (chance(3))
    result.remote_address =
      "10.0.0." + std::to_string(int{honest_letter()}) + ":6783";
  else if (!chance(4))
    result.remote_address = "10.9.9." + std::to_string(below(200)) + ":6783";
  return result;
}

peer_record lies::record(const mesh_description& known) {
  const auto who = anybody();
  auto result = known_record(known, who);
  auto& peer = result.peer;
  if (peer.uid == peer_uid::none)
    peer = {who, "made up", any_uid(), 1 + below(20), std::nullopt};
  std::set<peer_name> remotes;
  for (auto left = below(6); left > 0; --left)
    remotes.insert(anybody());
  remotes.erase(who);
  result.connections.clear();
  for (auto x : remotes)
    result.connections.push_back(link_to(x));
  spoil(peer);
  return result;
}

std::uint64_t lies::high_version() {
  constexpr auto margin = std::chrono::minutes{1};
  return record_limits::max_version(std::chrono::system_clock::now() - margin);
}

// Changes a record's version, UID, short ID or nickname. Almost half of the
// time it changes nothing, so that only the record's connections differ.
void lies::spoil(peer_summary& peer) {
  const auto last = high_version();
  switch (below(14)) {
  case 0:
    peer.version = std::min(last, peer.version + 1 + below(5));
    break;
  case 1:
    peer.version = std::min(last, peer.version + 1'000'000'000);
    break;
  case 2:
    peer.version = last - below(3);
    break;
  case 3:
    peer.version = chance(2) ? 2 * last + below(5) : UINT64_MAX;
    break;
  case 4:
    peer.uid = any_uid();
    break;
  case 5:
    peer.alias.reset();
    break;
  case 6:
    peer.alias = static_cast<short_id>(below(chance(2) ? 10 : short_id_count));
    break;
  case 7:
    peer.nickname.assign(below(2000), 'n');
    break;
  default:
    break;
  }
}

peer_record lies::new_phantom(std::size_t nickname_size) {
  peer_record result;
  result.peer = {peer_name::from_number(last_new_++),
                 std::string(nickname_size, 'p'), any_uid(), 1, std::nullopt};
  invented_.insert(result.peer.name);
  auto back = link_to(named(self_));
  back.established = true;
  result.connections.push_back(std::move(back));
  return result;
}

peer_record lies::own_record(const std::set<peer_name>& neighbours) {
  peer_record result;
  result.peer = {named(self_), std::string(1, self_), peer_uid{4711},
                 ++own_version_, std::nullopt};
  for (auto x : neighbours) {
    result.connections.push_back(link_to(x));
    result.connections.back().established = true;
  }
  return result;
}

peer_record lies::successor(const mesh_description& known, peer_name who,
                            const std::set<peer_name>& neighbours) {
  auto result = known_record(known, who);
  if (result.peer.uid == peer_uid::none)
    result.peer = {who, "made up", any_uid(), 1, std::nullopt};
  ++result.peer.version;
  result.connections.clear();
  for (auto x : neighbours)
    result.connections.push_back({x, "", true, true});
  return result;
}

// -- channels

bytes lies::junk(std::size_t most) {
  bytes result(below(most + 1));
  for (auto& x : result)
    x = static_cast<std::uint8_t>(rng_());
  return result;
}

// Makes a number that is small, or a million below the limit of what honest
// peers accept, or far beyond that limit. The million leaves room for honest
// peers, which continue from the highest number that they know. The limit does
// not grow while the wall clock stands still.
std::uint64_t lies::far_number(std::uint64_t per_second) {
  const auto limit =
    reachable(std::chrono::system_clock::now(), per_second) - 1'000'000;
  switch (below(4)) {
  case 0:
    return 1 + below(100);
  case 1:
    return limit + 100 * per_second;
  case 2:
    return static_cast<std::uint64_t>(INT64_MAX);
  default:
    return limit - below(1000);
  }
}

bytes lies::map_change() {
  bytes out{lww_map_format, static_cast<std::uint8_t>(chance(3) ? 1 : 0)};
  const auto key =
    std::string(1, honest_letter()); // an honest peer writes this key
  wire::append_gob_run(out, byte_view{key});
  wire::append_gob_uint(out, far_number(lww_map::max_writes_per_second));
  const auto owner = anybody();
  wire::append_gob_uint(out, owner.size());
  owner.append_to(out);
  if (out[1] == 1)
    wire::append_gob_uint(out, below(100'000)); // the tombstone's age
  else
    wire::append_gob_run(out, junk(20));
  return out;
}

// Makes a change to the set. The change claims that all additions of one peer,
// up to a certain number, were removed. Half of the changes also add one
// element.
bytes lies::set_change(peer_uid life) {
  bytes out{observed_remove_set_format};
  const auto number = far_number(observed_remove_set::max_additions_per_second);
  const auto is_present = chance(2);
  wire::append_gob_uint(out, value_of(life));
  wire::append_gob_uint(out, 1);
  wire::append_gob_uint(out, 0);
  wire::append_gob_uint(out, number - 1);
  wire::append_gob_uint(out, is_present ? 1 : 0);
  if (is_present) {
    wire::append_gob_uint(out, number);
    const auto element = "lie " + std::to_string(below(5));
    wire::append_gob_run(out, byte_view{element});
  }
  return out;
}

bytes lies::counter_change() {
  bytes out;
  const auto number = far_number(grow_counter::max_growth_per_second);
  wire::append_counters(out, {{anybody(), static_cast<std::int64_t>(number)}},
                        name_flavour::mac);
  return out;
}

bytes lies::change_of(const std::string& channel, peer_uid life) {
  return channel == "map"   ? map_change()
         : channel == "set" ? set_change(life)
                            : counter_change();
}

bytes lies::question_to(const std::string& channel) {
  bytes out;
  if (channel == "count")
    wire::append_counters(out, {}, name_flavour::mac);
  return out;
}

// -- outlines

bytes lies::wish(peer_name from) {
  return encode(outline{from, {{outline::kind::wanted, {}, 0, {}}}});
}

bytes lies::wrong_outline(const std::string& channel) {
  outline result{chance(3) ? named(self_) : anybody(), {}};
  std::set<std::string> ends;
  for (auto left = below(chance(6) ? max_outline_parts + 50 : 6); left > 0;
       --left)
    ends.insert(key_on(channel));
  for (const auto& x : ends)
    result.parts.push_back(wrong_part(x));
  if (!chance(4))
    result.parts.push_back(wrong_part({}));
  if (chance(8) && !result.parts.empty())
    result.parts.push_back(result.parts.front()); // ranges must ascend
  auto encoded = encode(result);
  if (chance(8))
    encoded.resize(below(encoded.size()));
  return encoded;
}

bytes lies::wrong_digest() {
  constexpr std::uint8_t outline_mark = 0x80;
  auto result = wrong_outline("topology");
  const auto later = static_cast<std::uint8_t>(outline_mark + below(0x78));
  result.insert(result.begin(), chance(4) ? later : outline_mark);
  return result;
}

outline::part lies::wrong_part(std::optional<std::string> end) {
  outline::part result;
  result.what = static_cast<outline::kind>(below(3));
  result.end = std::move(end);
  if (result.what == outline::kind::described) {
    const std::uint64_t counts[] = {0, 1 + below(20), 1000, INT64_MAX};
    result.count = counts[below(4)];
    result.content = {rng_(), rng_()};
  }
  return result;
}

// A key of an honest peer's item, or of an item that nobody has.
std::string lies::key_on(const std::string& channel) {
  if (channel != "topology")
    return chance(2) ? std::string(1, honest_letter())
                     : "key " + std::to_string(below(1000));
  bytes result;
  const auto who = chance(2) ? named(honest_letter())
                             : peer_name::from_number(below(1'000'000'000));
  who.append_to(result);
  return std::string{byte_view{result}.as_text()};
}

} // namespace cafmesh::test
