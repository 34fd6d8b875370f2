#include "tests/scenarios/actor_lies.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <caf/make_message.hpp>

#include "actors/caf_version/message_codec.hpp"
#include "actors/core/crdt/outline.hpp"
#include "actors/core/directory/directory_messages.hpp"
#include "actors/core/remote/bodies.hpp"
#include "actors/remote/node_keys.hpp"
#include "tests/scenarios/lies.hpp"
#include <cafmesh/reachable.hpp>

namespace cafmesh::test {

namespace {

using remote::append_body;
using remote::append_control;
using remote::append_data;
using remote::append_fragment;
using remote::append_head;
using remote::append_lost;
using remote::append_traffic;

constexpr std::uint64_t our_token = 12'345;

} // namespace

actor_lies::actor_lies(std::uint64_t seed, std::vector<actor_home> homes,
                       std::vector<std::uint64_t> victims, actor_home self)
    : rng_(seed), homes_(std::move(homes)), victims_(std::move(victims)),
      self_(std::move(self)) {
}

peer_record actor_lies::other_life() {
  peer_record result;
  result.peer.name = any_home().peer;
  result.peer.uid = chance(3) ? any_home().uid : peer_uid{1 + (rng_() >> 2)};
  result.peer.version =
    chance(8) ? lies::high_version() : 1'000'000 + below(1'000'000'000);
  for (auto left = below(3); left > 0; --left)
    result.connections.push_back({any_home().peer, "", true, true});
  return result;
}

// -- names

names::header actor_lies::any_header() {
  names::header result;
  const auto& whose = chance(4) ? self_ : any_home();
  result.of = {whose.peer, chance(3) ? peer_uid{1 + below(1000)} : whose.uid};
  const auto last =
    reachable(std::chrono::system_clock::now(), names::max_versions_per_second);
  const std::uint64_t versions[] = {1 + below(20), last - 5'000'000,
                                    last + 100'000'000, UINT64_MAX};
  result.version = versions[below(4)];
  result.node = chance(4) ? std::string(below(80), 'n')
                          : to_string(chance(2) ? whose.node : any_home().node);
  result.count = chance(2) ? 0 : any_number();
  if (!chance(3))
    result.content = {rng_(), rng_()};
  return result;
}

bytes actor_lies::any_part() {
  const auto head = any_header();
  if (chance(3))
    return names::encode_announcement(head).view().to_bytes();
  names::part_writer out{head, chance(2) ? 0 : head.version - below(3)};
  names::entry entry;
  entry.actor = any_actor();
  out.add_change("adder", chance(2) ? nullptr : &entry);
  if (chance(2))
    out.add_change("made up " + std::to_string(below(50)), &entry);
  return (chance(2) ? out.finish() : out.finish("", std::nullopt))
    .view()
    .to_bytes();
}

bytes actor_lies::own_document() const {
  names::header own;
  own.of = {self_.peer, self_.uid};
  own.version = 1;
  own.node = to_string(self_.node);
  return names::encode_announcement(own).view().to_bytes();
}

bytes actor_lies::names_message() {
  bytes result;
  switch (below(6)) {
  case 0:
  case 1:
    result = any_part();
    break;
  case 2:
    result = {static_cast<std::uint8_t>(names::kind::headers)};
    for (auto left = 1 + below(5); left > 0; --left)
      names::append_header(result, any_header());
    break;
  case 3: {
    outline x{any_home().peer, {}};
    x.parts.push_back(
      {chance(2) ? outline::kind::wanted : outline::kind::described,
       {},
       any_number(),
       {rng_(), rng_()}});
    result = encode(x);
    break;
  }
  case 4:
    result = names::encode(names::pull{any_header().of, {below(3), {}, {}}})
               .view()
               .to_bytes();
    break;
  default:
    result = junk(60);
    result.insert(result.begin(), static_cast<std::uint8_t>(2 + below(4)));
  }
  if (chance(10))
    result.resize(below(result.size() + 1));
  return result;
}

// -- packets

bytes actor_lies::hello(const actor_home& to) const {
  bytes result;
  append_head(result,
              {remote::packet_kind::hello, self_.uid, to.uid, our_token, 0, 1});
  return result;
}

bytes actor_lies::welcome(const actor_home& to, std::uint64_t token) const {
  bytes result;
  append_head(result, {remote::packet_kind::welcome, self_.uid, to.uid,
                       our_token, token, 1});
  return result;
}

bytes actor_lies::packet_to(const actor_home& to, std::uint64_t token,
                            caf::actor_system& system) {
  using remote::packet_kind;
  remote::packet_head head{
    packet_kind::traffic, self_.uid, to.uid, our_token, token, 1};
  bytes result;
  if (chance(6)) {
    // Claims a session that does not exist, or one that belongs to another
    // peer.
    head.kind = static_cast<packet_kind>(1 + below(4));
    head.from = chance(2) ? any_home().uid : peer_uid{1 + below(1000)};
    head.to = chance(2) ? to.uid : any_home().uid;
    head.from_token = rng_();
    head.to_token = chance(2) ? token : rng_();
    head.epoch = any_number();
  }
  append_head(result, head);
  if (head.kind != packet_kind::traffic)
    return result;
  const auto first = packets_;
  bytes frames;
  append_frames(frames, system);
  remote::traffic_head state;
  state.wants_answer = chance(2);
  state.number = packets_ == first && frames.empty() ? 0 : ++packets_;
  state.highest = chance(6) ? any_number() : packets_;
  state.settled = chance(3) ? any_number() : 0;
  state.controls = chance(3) ? any_number() : below(20);
  state.credit = chance(3) ? any_number() : 1'000'000;
  state.large_credit = chance(3) ? any_number() : 1'000'000;
  append_traffic(result, state);
  result.insert(result.end(), frames.begin(), frames.end());
  if (chance(12))
    result.resize(below(result.size() + 1));
  return result;
}

void actor_lies::append_frames(bytes& out, caf::actor_system& system) {
  for (auto left = below(6); left > 0; --left)
    switch (below(8)) {
    case 0: {
      const auto first = any_number();
      append_lost(out, ++controls_, below(packets_ + 1), first,
                  chance(2) ? first : any_number());
      break;
    }
    case 1: {
      const auto size = remote::least_fragment + below(40'000);
      const remote::fragment_place place{chance(3) ? large_ : ++large_,
                                         chance(4) ? below(70'000) : 0,
                                         80'000 + below(4'000'000)};
      append_fragment(out, place,
                      byte_view{chance(4) ? bytes{} : bytes(size, 7)});
      break;
    }
    case 2:
    case 3:
      append_data(out, byte_view{any_body(system)});
      break;
    default:
      append_control(out, chance(5) ? any_number() : ++controls_,
                     chance(5) ? any_number() : below(packets_ + 1),
                     byte_view{any_body(system)});
    }
}

bytes actor_lies::any_body(caf::actor_system& system) {
  using remote::body_kind;
  const body_kind kinds[] = {
    body_kind::message,    body_kind::message, body_kind::exit,
    body_kind::watch,      body_kind::unwatch, body_kind::down,
    body_kind::link,       body_kind::unlink,  body_kind::lease,
    body_kind::release,    body_kind::credit,  body_kind::large_credit,
    body_kind::answer_lost};
  remote::body x;
  x.kind = kinds[below(13)];
  x.actor = any_actor();
  x.other = chance(2) ? any_actor() : any_number();
  const remote::place places[] = {remote::place::nobody, remote::place::sender,
                                  remote::place::receiver,
                                  remote::place::elsewhere};
  auto any_ref = [&] {
    remote::actor_ref result;
    result.where = places[below(4)];
    result.id = any_actor();
    for (auto& byte : result.node)
      byte = static_cast<std::uint8_t>(rng_());
    if (chance(2))
      result.node = key_of(any_home().node);
    return result;
  };
  x.from = any_ref();
  if (chance(4))
    x.stages.push_back(any_ref());
  bytes content;
  std::vector<caf::actor_id> local;
  if (chance(4))
    content = junk(40);
  else if (x.kind == body_kind::down || x.kind == body_kind::exit || chance(5))
    caf_version::encode_content(
      system, caf::make_message(caf::make_error(caf::exit_reason::kill)), 1024,
      content, local);
  else
    caf_version::encode_content(system, caf::make_message(40, 2), 1024, content,
                                local);
  bytes result;
  append_body(result, x);
  if (x.kind == body_kind::message || x.kind == body_kind::exit
      || x.kind == body_kind::down)
    result.insert(result.end(), content.begin(), content.end());
  return result;
}

std::uint64_t actor_lies::any_number() {
  const std::uint64_t numbers[] = {below(5), below(100), 1'000'000'000,
                                   remote::max_number, UINT64_MAX};
  return numbers[below(chance(10) ? 5 : 4)];
}

std::uint64_t actor_lies::any_actor() {
  return chance(4) ? below(200) : victims_[below(victims_.size())];
}

bytes actor_lies::junk(std::size_t most) {
  bytes result(below(most + 1));
  for (auto& x : result)
    x = static_cast<std::uint8_t>(rng_());
  return result;
}

} // namespace cafmesh::test
