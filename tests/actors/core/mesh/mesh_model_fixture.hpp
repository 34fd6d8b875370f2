#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/record_limits.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/support/encoded_records.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

using namespace std::chrono_literals;

/// Tests of the mesh model identify peers by numbers. Ours is 5, so that other
/// peers have names below and above ours. In drawings, both ends report the
/// connection `1 - 2`, but only peer 1 reports `1 > 2`.
constexpr unsigned us = 5;

inline peer_name name_of(unsigned peer) {
  return peer_name::from_number(peer);
}

/// The record of `peer`: its UID is 100 times its number, its short ID is its
/// number, and it has established connections to `remotes`.
inline peer_record says(unsigned peer, const std::vector<unsigned>& remotes,
                        std::uint64_t version = 1) {
  peer_record result;
  result.peer = {name_of(peer), "peer-" + std::to_string(peer),
                 peer_uid{peer * 100}, version, static_cast<short_id>(peer)};
  for (auto x : remotes)
    result.connections.push_back(
      {name_of(x), "10.0.0." + std::to_string(x) + ":6783", true, true});
  return result;
}

inline bytes update_of(const std::vector<peer_record>& records) {
  auto result = wire::topology_definitions().to_bytes();
  for (auto& x : records)
    append_peer_record(result, x);
  return result;
}

inline std::string numbers(std::vector<peer_name> names) {
  std::sort(names.begin(), names.end());
  std::string result;
  for (auto x : names)
    result += (result.empty() ? "" : " ") + std::to_string(x.number());
  return result;
}

/// The peers whose records are in `data`; `none` if `data` is null.
inline std::string subjects(const gossip_data_ptr& data) {
  if (!data)
    return "none";
  std::vector<peer_name> result;
  for (auto& x : static_cast<const peer_records&>(*data).records())
    result.push_back(x.name());
  return numbers(std::move(result));
}

inline std::string names_of(const std::vector<peer_summary>& peers) {
  std::vector<peer_name> result;
  for (auto& x : peers)
    result.push_back(x.name);
  return numbers(std::move(result));
}

inline std::vector<peer_record> read(const gossip_data_ptr& data) {
  std::vector<peer_record> result;
  for (auto& message : data->encode()) {
    wire::topology_update_reader reader{message.view(), name_flavour::mac};
    peer_record x;
    while (reader.next(x.peer) && read_connections(reader, x.connections))
      result.push_back(x);
  }
  return result;
}

/// The date of the models in tests, and the highest version that they accept at
/// a time.
constexpr auto date = earliest_wall_time + 24h;
inline std::uint64_t last_version(wall_time when = date) {
  return record_limits::max_version(when);
}

/// A mesh model with a clock that the test moves, and functions that call the
/// model.
struct view {
  explicit view(mesh_model_options options = {})
      : state(local_identity{name_of(us), "us", peer_uid{500}, short_id{us}},
              options) {
    state.set_date(date);
  }

  static connection_offer offer(unsigned peer, unsigned id) {
    connection_offer result;
    result.id = static_cast<connection_id>(id);
    result.uid = static_cast<connection_uid>(id);
    result.remote.name = name_of(peer);
    result.remote.nickname = "peer-" + std::to_string(peer);
    result.remote.uid = peer_uid{peer * 100};
    result.remote.alias = static_cast<short_id>(peer);
    result.remote_address = "10.0.0." + std::to_string(peer) + ":6783";
    result.outbound = true;
    result.may_be_new = true;
    return result;
  }

  /// Adds a connection. Like all functions below that change the model, it puts
  /// the effects of the change into `effects`.
  caf::expected<admission> add(const connection_offer& x) {
    effects = {};
    return state.add_connection(x, now, effects);
  }

  admission replace(unsigned ended, const connection_offer& x) {
    effects = {};
    return state.replace_connection(static_cast<connection_id>(ended), x, now,
                                    effects);
  }

  /// Adds a connection. Its ID and UID are `id`, or `peer` if `id` is 0.
  caf::expected<admission> add(unsigned peer, unsigned id = 0) {
    return add(offer(peer, id == 0 ? peer : id));
  }

  void connect(unsigned peer) {
    add(peer);
    establish(peer);
  }

  bool establish(unsigned id) {
    effects = {};
    return state.establish_connection(static_cast<connection_id>(id), now,
                                      effects);
  }

  void remove(unsigned id) {
    effects = {};
    state.remove_connection(static_cast<connection_id>(id), now, effects);
  }

  caf::expected<applied_update> hear_bytes(byte_view update) {
    effects = {};
    return state.apply_update(update, now, effects);
  }

  applied_update hear(const std::vector<peer_record>& records) {
    auto result = hear_bytes(update_of(records));
    return result ? *result : applied_update{};
  }

  void wait(duration time) {
    effects = {};
    now += time;
    state.tick(now, effects);
  }

  /// Takes the announcement that is due, and moves the clock on.
  void skip_announcements() {
    now += 1h;
    state.take_announcement(now);
    now += 1h;
  }

  std::string announced() {
    now += announcements::moment;
    return subjects(state.take_announcement(now));
  }

  std::string known() const {
    std::vector<peer_name> result;
    for (auto& x : state.records())
      result.push_back(x.peer.name);
    return numbers(std::move(result));
  }

  peer_record record(unsigned peer) const {
    for (auto& x : state.records())
      if (x.peer.name == name_of(peer))
        return x;
    return {};
  }

  std::uint64_t version_of(unsigned peer) const {
    return record(peer).peer.version;
  }

  mesh_model state;
  instant now = instant{} + 24h;
  mesh_model_effects effects;
};

/// The model of our peer, which is connected to 1 and has announced that.
struct view_of_one_neighbour : view {
  view_of_one_neighbour() {
    connect(1);
    skip_announcements();
  }
};

inline bool same(const std::vector<peer_record>& xs,
                 const std::vector<peer_record>& ys) {
  return xs == ys;
}

} // namespace cafmesh::test
