#include "actors/core/mesh/mesh_model_state.hpp"

#include <utility>

#include "actors/core/addresses/host_port.hpp"
#include "actors/core/limits/inbound_sources.hpp"
#include "actors/core/mesh/record_limits.hpp"
#include <cafmesh/errc.hpp>

// The steps of `mesh_model` that concern our own connections, and the
// consequences of any change.
namespace cafmesh {

mesh_model::state::state(local_identity ourselves, mesh_model_options opts)
    : self(std::move(ourselves)), options(std::move(opts)), rng(options.seed),
      known({self.name, self.nickname, self.uid, 0, self.alias}, options.seed,
            std::move(options.sharing)),
      to_announce(options.announcement_interval),
      degrees(self.name, {options.target_degree, ~options.seed}),
      unspent_bytes(most_unspent_bytes()) {
  auto summary = known.summary(peers::self);
  record_limits::apply(summary);
  known.replace(peers::self, std::move(summary));
  aliases.claim(self.alias, self.name);
  reachable.refresh(known, instant{});
}

// -- our own connections

caf::error
mesh_model::state::check_remote(const connection_offer& offer) const {
  auto& remote = offer.remote;
  if (remote.name == self.name && remote.uid != self.uid)
    return make_error(errc::name_collision,
                      "expected no other peer named " + self.name.str()
                        + ", got one at " + offer.remote_address);
  if (remote.name == self.name)
    return make_error(errc::connected_to_self,
                      "expected another peer, got ourselves at "
                        + offer.remote_address);
  if (!offer.may_be_new && known.find(remote.name) == peers::none)
    return make_error(errc::unknown_peer, "expected a known peer at "
                                            + offer.remote_address + ", got "
                                            + remote.name.str());
  return {};
}

admission mesh_model::state::admit(const connection_offer& offer, instant now,
                                   mesh_model_effects& out) {
  auto name = offer.remote.name;
  closings.forget(name);
  const auto before = known.find(name);
  const auto was_reachable =
    before != peers::none && reachable.is_reachable(before);
  auto result = register_remote(offer.remote, now, out);
  forget_connection(name);
  connections[name] = {
    offer.id,       offer.uid, offer.remote.uid,    offer.remote_address,
    offer.outbound, false,     offer.remote.digests};
  without_digests += offer.remote.digests ? 0 : 1;
  names_by_connection[offer.id] = name;
  result.compare_later = gathers(now) && was_reachable && !result.restarted;
  if (!result.compare_later)
    to_announce.add(name, now);
  connections_changed(now, out);
  choose_alias(now, out);
  if (result.compare_later) {
    spreading.compare_later(name, now);
  } else if (gathers(now)) {
    std::vector<slot> told{known.find(name)};
    add_own_record(told);
    // Without our own record, nobody would know a path to the peer.
    if (told.size() > 1)
      gather(told, {}, now);
  }
  spreading.added(name);
  return result;
}

void mesh_model::state::forget_connection(peer_name remote) {
  auto known_one = connections.find(remote);
  if (known_one == connections.end())
    return;
  without_digests -= known_one->second.understands_digests ? 0 : 1;
  spreading.remove(remote);
  given_up_by_remote.erase(remote);
  connections.erase(known_one);
}

std::optional<connection_id>
mesh_model::state::to_displace(const connection_offer& offer) const {
  if (offer.outbound && !offer.may_be_new)
    return std::nullopt; // found by discovery
  auto address_of = [](const std::string& x) {
    return ip_of(x).value_or(ip_address{});
  };
  inbound_sources inbound;
  for (const auto& [name, x] : connections)
    if (!x.outbound)
      inbound.add(x.id, address_of(x.remote_address));
  auto same =
    offer.outbound ? 0 : inbound.count(address_of(offer.remote_address));
  return inbound.to_close(same + 2);
}

admission mesh_model::state::register_remote(const wire::introduction& remote,
                                             instant now,
                                             mesh_model_effects& out) {
  std::vector<slot> created;
  auto who = known.obtain(remote.name, created);
  peers_added(created, out);
  auto uid = known.summary(who).uid;
  admission result;
  result.restarted = uid != peer_uid::none && uid != remote.uid;
  result.new_peer = !known.has_established_path(who);
  // A peer that was reported as left and comes back with another UID counts as
  // new.
  const auto is_new =
    uid == peer_uid::none
    || (uid != remote.uid && told_left.count(remote.name) > 0);
  if (is_new && remote.uid != peer_uid::none) {
    peer_summary peer{remote.name, remote.nickname, remote.uid, 0,
                      remote.alias};
    record_limits::apply(peer);
    staged_record record{who, {std::move(peer), {}, {}}};
    apply_record(record, options.limits, now, out);
  }
  return result;
}

std::vector<connection_summary> mesh_model::state::own_summaries() const {
  std::vector<connection_summary> mine;
  for (auto& [name, x] : connections)
    if (!x.leaves_at)
      mine.push_back({name,
                      std::string{record_limits::address(x.remote_address)},
                      x.outbound, x.established});
  return mine;
}

edge_list mesh_model::state::own_edges() const {
  edge_list result;
  for (const auto& [name, x] : connections)
    result.append(known.find(name), x.outbound, x.established);
  return result;
}

void mesh_model::state::connections_changed(instant now,
                                            mesh_model_effects& out,
                                            bool announces) {
  auto before = known.connections(peers::self);
  known.replace_own(own_summaries(), own_edges());
  reachable.edges_replaced(peers::self, before, known.connections(peers::self));
  graph_changed(out);
  if (announces) {
    auto ourselves = known.summary(peers::self);
    ++ourselves.version;
    ourselves_changed(std::move(ourselves), now);
  }
  refresh(now, out);
}

// -- consequences of a change

void mesh_model::state::ourselves_changed(peer_summary ourselves, instant now) {
  known.replace(peers::self, std::move(ourselves));
  records_changed();
  to_announce.add(self.name, now);
}

void mesh_model::state::records_changed() noexcept {
  all_records.reset();
  index = nullptr;
}

void mesh_model::state::graph_changed(mesh_model_effects& out) {
  current = nullptr;
  records_changed();
  out.routes_changed = true;
}

void mesh_model::state::move_claim(peer_name who, std::optional<short_id> from,
                                   std::optional<short_id> to,
                                   mesh_model_effects& out) {
  if (from == to)
    return;
  if (from && aliases.release(*from, who))
    out.short_ids_changed = true;
  if (to && aliases.claim(*to, who))
    out.short_ids_changed = true;
}

void mesh_model::state::choose_alias(instant now, mesh_model_effects& out) {
  if (aliases.owner(self.alias) == self.name)
    return;
  // If all short IDs are claimed, we keep ours until another becomes free.
  auto alias = aliases.draw(rng);
  if (!alias)
    return;
  move_claim(self.name, self.alias, alias, out);
  self.alias = *alias;
  auto ourselves = known.summary(peers::self);
  ourselves.alias = alias;
  ++ourselves.version;
  ourselves_changed(std::move(ourselves), now);
}

void mesh_model::state::collect(const std::vector<slot>& gone, instant now,
                                mesh_model_effects& out) {
  if (gone.empty())
    return;
  for (auto who : gone) {
    auto& x = known.summary(who);
    move_claim(x.name, x.alias, std::nullopt, out);
    tell_left(x, out);
    reachable.erased(who);
    known.erase(who);
  }
  if (auto moved = known.compact(); !moved.empty()) {
    reachable.renumber(moved);
    spreading.renumber(moved);
  }
  graph_changed(out);
  choose_alias(now, out);
}

} // namespace cafmesh
