#include "tools/benchmarks/mesh_shape.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "actors/core/mesh/peer_records.hpp"
#include "messages/wire/topology_update.hpp"

namespace bench {

namespace {

using namespace cafmesh;

// Unless all peers are connected, the neighbours of a peer are at the distances
// 1, 1 + 37, 1 + 2 * 37 and so on around the ring, in both directions.
constexpr unsigned stride = 37;
constexpr std::uint64_t newcomer_number = 0xff'ff00;

peer_summary summary_of(unsigned peer, std::uint64_t version) {
  return {peer_name::from_number(peer), "peer-" + std::to_string(peer),
          peer_uid{peer * 1000ull}, version, static_cast<short_id>(peer)};
}

std::string address_of(unsigned peer, unsigned port) {
  return "10.0." + std::to_string(peer >> 8) + "." + std::to_string(peer & 255)
         + ":" + std::to_string(port);
}

local_identity identity_of(const peer_summary& x) {
  return {x.name, x.nickname, x.uid, *x.alias};
}

// Encodes records one after the other, with the same buffers.
class record_writer {
public:
  bytes pair_of(const peer_record& x) {
    links_.clear();
    links_.reserve(x.connections.size());
    for (const auto& link : x.connections)
      links_.push_back(
        {link.remote, link.remote_address, link.outbound, link.established});
    return wire::write_peer_record(room_, x.peer, links_).to_bytes();
  }

private:
  bytes room_;
  std::vector<wire::connection_view> links_;
};

bytes pair_of(const peer_record& x) {
  return record_writer{}.pair_of(x);
}

void connect(mesh_model& view, const connection_summary& x) {
  auto peer = static_cast<unsigned>(x.remote.number());
  auto remote = summary_of(peer, 1);
  connection_offer offer;
  offer.id = connection_id{peer};
  offer.uid = connection_uid{peer};
  offer.remote.name = remote.name;
  offer.remote.nickname = remote.nickname;
  offer.remote.uid = remote.uid;
  offer.remote.alias = remote.alias;
  offer.remote_address = x.remote_address;
  offer.outbound = x.outbound;
  offer.may_be_new = true;
  mesh_model_effects effects;
  if (view.add_connection(offer, instant{}, effects))
    view.establish_connection(offer.id, instant{}, effects);
}

} // namespace

std::vector<unsigned> mesh_shape::neighbours(unsigned peer) const {
  std::vector<unsigned> result;
  if (degree == peers - 1) {
    for (unsigned i = 1; i <= peers; ++i)
      if (i != peer)
        result.push_back(i);
    return result;
  }
  for (unsigned i = 0; i < degree / 2; ++i) {
    auto distance = 1 + i * stride;
    // From this distance on, both directions may lead to the same peer, or to
    // one that is a neighbour already.
    if (2 * distance >= peers)
      throw std::invalid_argument("too few peers for this degree");
    result.push_back((peer - 1 + distance) % peers + 1);
    result.push_back((peer - 1 + peers - distance) % peers + 1);
  }
  std::sort(result.begin(), result.end());
  return result;
}

peer_record mesh_shape::says(unsigned peer, std::uint64_t version) const {
  peer_record result{summary_of(peer, version), {}};
  for (auto x : neighbours(peer)) {
    auto outbound = peer < x;
    result.connections.push_back({peer_name::from_number(x),
                                  address_of(x, outbound ? 6783 : 40000 + peer),
                                  outbound, true});
  }
  return result;
}

std::vector<payload> mesh_shape::updates() const {
  std::vector<encoded_record> records;
  for (unsigned i = 1; i <= peers; ++i) {
    auto record = says(i);
    records.push_back(
      {record.peer.name, edition_of(record.peer), pair_of(record)});
  }
  return peer_records{std::move(records)}.encode();
}

mesh_model view_of_member(const mesh_shape& shape,
                          const std::vector<payload>& updates) {
  auto self = shape.says(shape.peers / 2);
  mesh_model result{identity_of(self.peer), {}};
  for (auto& x : self.connections)
    connect(result, x);
  mesh_model_effects effects;
  for (auto& x : updates)
    result.apply_update(x.view(), instant{}, effects);
  return result;
}

mesh_model view_of_newcomer(const mesh_shape& shape) {
  peer_summary self{peer_name::from_number(newcomer_number), "newcomer",
                    peer_uid{newcomer_number}, 0, short_id{4000}};
  mesh_model result{identity_of(self), {}};
  connect(result, {shape.says(1).peer.name, address_of(1, 6783), true, true});
  return result;
}

void change_first_connection(mesh_model& view, const mesh_shape& shape,
                             std::uint64_t version) {
  auto record = shape.says(1, version);
  record.connections.front().established = version % 2 != 0;
  auto update = wire::topology_definitions().to_bytes();
  auto pair = pair_of(record);
  update.insert(update.end(), pair.begin(), pair.end());
  mesh_model_effects effects;
  view.apply_update(update, instant{}, effects, {false, false});
  if (!effects.routes_changed)
    throw std::runtime_error("a change made no difference");
}

std::vector<peer_record> records_of(const mesh_shape& shape) {
  std::vector<peer_record> result;
  for (unsigned i = 1; i <= shape.peers; ++i)
    result.push_back(shape.says(i));
  return result;
}

std::vector<payload> encode_all(const std::vector<peer_record>& records) {
  std::vector<encoded_record> encoded;
  encoded.reserve(records.size());
  record_writer writer;
  for (const auto& x : records)
    encoded.push_back({x.peer.name, edition_of(x.peer), writer.pair_of(x)});
  return peer_records{std::move(encoded)}.encode();
}

} // namespace bench
