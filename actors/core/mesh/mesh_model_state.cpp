#include "actors/core/mesh/mesh_model_state.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/record_limits.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

mesh_model::state::state(local_identity ourselves, mesh_model_options opts)
    : self(std::move(ourselves)), options(opts), rng(opts.seed),
      known({self.name, self.nickname, self.uid, 0, self.alias}, opts.seed),
      pending(opts.announcement_interval), paid(most_paid()) {
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

admission mesh_model::state::register_remote(const wire::introduction& remote,
                                             mesh_model_effects& out) {
  std::vector<slot> created;
  auto who = known.obtain(remote.name, created);
  peers_added(created, out);
  auto uid = known.summary(who).uid;
  admission result;
  result.restarted = uid != peer_uid::none && uid != remote.uid;
  result.new_peer = !known.has_established_path(who);
  if (uid == peer_uid::none && remote.uid != peer_uid::none) {
    peer_summary peer{remote.name, remote.nickname, remote.uid, 0,
                      remote.alias};
    record_limits::apply(peer);
    staged_record record{who, {std::move(peer), {}, nullptr}};
    apply_record(record, options.limits, out);
  }
  return result;
}

void mesh_model::state::connections_changed(instant now,
                                            mesh_model_effects& out) {
  adjacency mine;
  for (auto& [name, x] : connections)
    mine.append(known.find(name), record_limits::address(x.remote_address),
                x.outbound, x.established);
  reachable.edges_replaced(peers::self, known.connections(peers::self), mine);
  known.replace(peers::self, std::move(mine));
  graph_changed(out);
  auto ourselves = known.summary(peers::self);
  increment(ourselves);
  ourselves_changed(std::move(ourselves), now);
  reachable.refresh(known, now);
}

// -- updates of other peers

caf::expected<mesh_model::state::staged_update>
mesh_model::state::stage(byte_view update) {
  staged_update result;
  result.most = most_for(update);
  wire::topology_update_reader reader{update, self.name.flavour()};
  peer_summary peer;
  while (reader.next(peer)) {
    // A peer without UID is a placeholder: it has no record, and is in the
    // update only because other peers name it as their neighbour.
    if (peer.uid == peer_uid::none)
      continue;
    // Ignores the record instead of returning an error, which would close the
    // connection to a peer that only passes on what another peer made up.
    if (peer.version > record_limits::max_version) {
      ++result.refused;
      continue;
    }
    record_limits::apply(peer);
    if (!stage_record(reader, peer, result))
      break;
  }
  result.refused += reader.skipped();
  if (!reader.error())
    return result;
  for (auto who : result.created)
    known.erase(who);
  return reader.error();
}

bool mesh_model::state::stage_record(wire::topology_update_reader& reader,
                                     const peer_summary& peer,
                                     staged_update& out) {
  auto who = known.find(peer.name);
  if (who == peers::none) {
    if (known.size() >= out.most.peers) {
      ++out.refused;
      return true;
    }
    who = known.obtain(peer.name, out.created);
  }
  out.subjects.push_back(who);
  auto edition = edition_of(peer);
  if (who != peers::self && !reachable.is_reachable(who)) {
    auto& best = out.most_recent.try_emplace(who, edition).first->second;
    if (supersedes(edition, best))
      best = edition;
  }
  auto mine = edition_of(known.summary(who));
  if (supersedes(mine, edition)
      && (who == peers::self || !is_news(who, edition)))
    return true;
  // Most records of periodic gossip are the same as ours, byte for byte, and
  // are not read any further.
  if (mine.uid == edition.uid && reader.ends_with(known.encoded(who)->data))
    return true;
  auto record = read_record(reader, peer);
  if (!record)
    return false;
  if (who == peers::self)
    note_what_is_said_of_us(*record->encoded, out);
  else if (is_news(who, edition)
           || supersedes(*record->encoded, *known.encoded(who)))
    out.records.push_back({who, std::move(*record)});
  return true;
}

std::optional<peers::received_record>
mesh_model::state::read_record(wire::topology_update_reader& reader,
                               const peer_summary& peer) {
  if (!reader.read_connections(scratch))
    return std::nullopt;
  record_limits::apply(scratch);
  auto data = wire::write_peer_record(scratch_bytes, peer, scratch);
  auto encoded = std::make_shared<const encoded_record>(
    encoded_record{peer.name, edition_of(peer), data.to_bytes()});
  return peers::received_record{peer, scratch, std::move(encoded)};
}

void mesh_model::state::note_what_is_said_of_us(const encoded_record& said,
                                                staged_update& out) {
  auto& mine = *known.encoded(peers::self);
  if (supersedes(mine.edition, said.edition) || said.data == mine.data)
    return;
  if (out.to_outlive && supersedes(out.to_outlive->edition, said.edition))
    return;
  out.to_outlive =
    said_of_us{said.edition, said.edition.uid == mine.edition.uid};
}

applied_update mesh_model::state::apply(staged_update& update, instant now,
                                        mesh_model_effects& out,
                                        wanted_of_update wanted) {
  out.refused_records += update.refused;
  if (update.to_outlive)
    outlive(*update.to_outlive, now, out);
  kept_views before{current,
                    complete,
                    index,
                    out.routes_changed,
                    out.short_ids_changed,
                    out.joined.size()};
  std::vector<slot> news;
  for (auto& x : update.records) {
    // If an update contains two lives of a peer, only the newer one applies.
    // Otherwise each would replace the other, and count as news, every time the
    // update arrives.
    auto best = update.most_recent.find(x.who);
    if (best != update.most_recent.end()
        && supersedes(best->second, x.record.encoded->edition))
      continue;
    if (apply_record(x, update.most, out))
      news.push_back(x.who);
  }
  peers_added(update.created, out);
  make_room(update, news, before, out);
  // Records of unreachable peers were held back. The records of peers that this
  // update makes reachable are news now.
  auto found = reachable.refresh(known, now);
  news.insert(news.end(), found.begin(), found.end());
  auto& subjects = update.subjects;
  subjects.insert(subjects.end(), found.begin(), found.end());
  choose_alias(now, out);
  add_the_way(subjects);
  add_the_way(news);
  applied_update result;
  if (wanted.everything)
    result.everything = records_of(std::move(subjects));
  if (wanted.news)
    result.news = records_of(std::move(news));
  return result;
}

void mesh_model::state::add_the_way(std::vector<slot>& subjects) {
  if (subjects.empty() || !pending.is_waiting(self.name))
    return;
  auto size = known.encoded(peers::self)->data.size();
  if (announcements::pause_after(size, known.size())
      <= options.announcement_interval)
    subjects.push_back(peers::self);
}

bool mesh_model::state::is_news(slot who, const record_edition& x) const {
  auto& before = known.summary(who);
  if (supersedes(x, edition_of(before)))
    return true;
  // An unreachable peer has probably stopped, and only the collection delay
  // keeps its record. If it starts again, its new life begins at version 0, so
  // any other UID counts as newer.
  return x.uid != before.uid && !reachable.is_reachable(who);
}

bool mesh_model::state::apply_record(staged_record& x,
                                     const record_limits::totals& limits,
                                     mesh_model_effects& out) {
  auto before = known.summary(x.who);
  auto edges_before = known.shared_connections(x.who);
  auto& record = x.record;
  // The record is checked again here, because an update may contain two records
  // of a peer.
  if (!is_news(x.who, edition_of(record.peer))
      && !(record.encoded
           && supersedes(*record.encoded, *known.encoded(x.who))))
    return false;
  auto after = record.peer;
  if (!known.replace(x.who, std::move(record), limits)) {
    ++out.refused_records;
    return false;
  }
  if (before.uid == peer_uid::none)
    out.joined.push_back(after);
  else if (before.uid != after.uid)
    out.restarted.emplace_back(before, after);
  move_claim(after.name, before.alias, after.alias, out);
  edges_changed(x.who, *edges_before, out);
  records_changed();
  return true;
}

void mesh_model::state::edges_changed(slot who, const adjacency& before,
                                      mesh_model_effects& out) {
  auto& after = known.connections(who);
  reachable.edges_replaced(who, before, after);
  if (!before.same_graph(after))
    graph_changed(out);
}

void mesh_model::state::peers_added(const std::vector<slot>& created,
                                    mesh_model_effects& out) {
  if (created.empty())
    return;
  known.resolve(created);
  reachable.peers_changed();
  graph_changed(out);
}

void mesh_model::state::outlive(const said_of_us& x, instant now,
                                mesh_model_effects& out) {
  // After a restart, the mesh may still remember a few records of our earlier
  // life; only more than these are taken as impersonation.
  constexpr unsigned few = 4;
  out.impersonated |= x.in_our_life || ++earlier_lives > few;
  auto ourselves = known.summary(peers::self);
  ourselves.version = std::max(ourselves.version, x.edition.version);
  if (ourselves.version == record_limits::max_version)
    ourselves.uid = std::max(ourselves.uid, x.edition.uid);
  increment(ourselves);
  ourselves_changed(std::move(ourselves), now);
}

// -- consequences of a change

void mesh_model::state::increment(peer_summary& ourselves) {
  if (ourselves.version < record_limits::max_version) {
    ++ourselves.version;
    return;
  }
  // No higher version exists, so only a higher UID makes our record newer. If
  // an attacker has raised the UID to its maximum too, no newer record can be
  // made.
  auto uid = value_of(ourselves.uid);
  auto step = 1 + rng() % 1024;
  ourselves.uid = peer_uid{uid > UINT64_MAX - step ? UINT64_MAX : uid + step};
}

void mesh_model::state::ourselves_changed(peer_summary ourselves, instant now) {
  known.replace(peers::self, std::move(ourselves));
  records_changed();
  pending.add(self.name, now);
}

void mesh_model::state::records_changed() noexcept {
  complete = nullptr;
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
  // If all short IDs are claimed, we keep the contested one until another peer
  // releases its ID.
  auto alias = aliases.draw(rng);
  if (!alias)
    return;
  move_claim(self.name, self.alias, alias, out);
  self.alias = *alias;
  auto ourselves = known.summary(peers::self);
  ourselves.alias = alias;
  increment(ourselves);
  ourselves_changed(std::move(ourselves), now);
}

void mesh_model::state::collect(const std::vector<slot>& gone, instant now,
                                mesh_model_effects& out) {
  if (gone.empty())
    return;
  for (auto who : gone) {
    auto& x = known.summary(who);
    move_claim(x.name, x.alias, std::nullopt, out);
    if (x.uid != peer_uid::none)
      out.left.push_back(x);
    reachable.erased(who);
    known.erase(who);
  }
  if (auto moved = known.compact(); !moved.empty())
    reachable.renumber(moved);
  graph_changed(out);
  choose_alias(now, out);
}

} // namespace cafmesh
