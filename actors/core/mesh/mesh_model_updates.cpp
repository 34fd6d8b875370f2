#include "actors/core/mesh/mesh_model_state.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "actors/core/mesh/record_limits.hpp"

// The part of `mesh_model` that applies updates of other peers. It finds out
// which records are new, and what follows from them. Stale records, which are
// not newer than ours, change nothing.
namespace cafmesh {

caf::expected<mesh_model::state::staged_update>
mesh_model::state::stage(byte_view update, peer_name from) {
  staged_update result;
  result.limits = limits_for(update);
  wire::topology_update_reader reader{update, self.name.flavour()};
  peer_summary peer;
  while (reader.next(peer)) {
    // A peer without a UID has no record. The update names it only because it
    // is a neighbour of other peers.
    if (peer.uid == peer_uid::none)
      continue;
    // Ignores the record, because an error would close the connection to a peer
    // that only passes on what another peer made up.
    if (peer.version > max_version_about(peer.name)) {
      ++result.refused;
      result.is_our_clock_late |= peer.name == self.name;
      continue;
    }
    record_limits::apply(peer);
    if (!stage_record(reader, peer, from, result))
      break;
  }
  result.refused += reader.skipped();
  release_scratch();
  if (!reader.error())
    return result;
  for (auto who : result.created)
    known.erase(who);
  return reader.error();
}

bool mesh_model::state::stage_record(wire::topology_update_reader& reader,
                                     const peer_summary& peer, peer_name from,
                                     staged_update& out) {
  auto who = known.find(peer.name);
  if (who == peers::none) {
    if (known.size() >= out.limits.peers) {
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
  if (mine.uid == edition.uid && reader.ends_with(known.encoded(who).data())) {
    out.known_to_sender.push_back(who);
    if (peer.name == from)
      out.of_sender = known.encoded(who);
    return true;
  }
  auto record = read_record(reader, peer);
  if (!record)
    return false;
  if (needs_no_other(who, record->encoded))
    out.known_to_sender.push_back(who);
  if (peer.name == from)
    out.of_sender = record->encoded;
  if (who == peers::self)
    note_record_about_us(record->encoded, out);
  else if (is_news(who, edition)
           || supersedes(record->encoded, known.encoded(who)))
    out.records.push_back({who, std::move(*record)});
  return true;
}

std::optional<peers::received_record>
mesh_model::state::read_record(wire::topology_update_reader& reader,
                               const peer_summary& peer) {
  if (!reader.read_connections(scratch))
    return std::nullopt;
  record_limits::apply(scratch);
  return peers::received_record{peer, scratch, known.encode(peer, scratch)};
}

// A record of us that another peer has made, in its own interest or in an
// earlier life of ours, must not keep ours back.
bool mesh_model::state::needs_no_other(slot who,
                                       const encoded_record& received) {
  if (who == peers::self)
    return received.data() == known.encoded(who).data();
  return supersedes(received.edition(), edition_of(known.summary(who)))
         || !supersedes(known.encoded(who), received);
}

// The record of a hub is much longer than most. Without this, each node of a
// large star would keep memory for it.
void mesh_model::state::release_scratch() noexcept {
  constexpr std::size_t most_kept = 64;
  if (scratch.capacity() > most_kept)
    scratch = std::vector<wire::connection_view>{};
  known.release_scratch();
}

void mesh_model::state::note_record_about_us(const encoded_record& reported,
                                             staged_update& out) {
  auto& mine = known.encoded(peers::self);
  if (supersedes(mine.edition(), reported.edition())
      || reported.data() == mine.data())
    return;
  if (out.to_outlive && supersedes(out.to_outlive->edition, reported.edition()))
    return;
  out.to_outlive = record_about_us{reported.edition(), reported.edition().uid
                                                         == mine.edition().uid};
}

applied_update mesh_model::state::apply(staged_update& update, instant now,
                                        mesh_model_effects& out,
                                        wanted_of_update wanted,
                                        peer_name from) {
  out.refused_records += update.refused;
  out.is_our_clock_late |= update.is_our_clock_late;
  if (update.to_outlive)
    outlive(*update.to_outlive, now, out);
  kept_views before{current,
                    all_records,
                    index,
                    out.routes_changed,
                    out.short_ids_changed,
                    out.joined.size()};
  std::vector<slot> news;
  for (auto& x : update.records) {
    // If an update contains records from before and after a peer's restart,
    // only the newer one is applied. Otherwise each would replace the other,
    // and be passed on, every time the update arrives.
    auto best = update.most_recent.find(x.who);
    if (best != update.most_recent.end()
        && supersedes(best->second, x.record.encoded.edition()))
      continue;
    if (apply_record(x, update.limits, now, out))
      news.push_back(x.who);
  }
  peers_added(update.created, out);
  make_room(update, news, before, out);
  // Peers that have just become reachable are news too, because their records
  // were not passed on before.
  auto found = refresh(now, out);
  update.subjects.insert(update.subjects.end(), found.begin(), found.end());
  choose_alias(now, out);
  heed(update.of_sender, now);
  return to_pass_on(update, std::move(news), found, now, wanted, from);
}

applied_update
mesh_model::state::to_pass_on(staged_update& update, std::vector<slot> news,
                              const std::vector<slot>& found, instant now,
                              wanted_of_update wanted, peer_name from) {
  if (const auto count = news.size() + found.size(); count > 0)
    spreading.note_news(count, now);
  applied_update result;
  // Broadcasts are passed on along their trees in any case, because their
  // senders rely on this.
  if (gathers(now) && !wanted.everything) {
    gather(news, from, now);
    // The sender of the update did not send these.
    gather(found, {}, now);
    spreading.are_known_to(from, update.known_to_sender);
    return result;
  }
  spreading.are_known_to(from, update.known_to_sender);
  news.insert(news.end(), found.begin(), found.end());
  auto& subjects = update.subjects;
  add_own_record(subjects);
  add_own_record(news);
  if (wanted.everything)
    result.everything = records_of(std::move(subjects));
  if (wanted.news)
    result.news = records_of(std::move(news));
  return result;
}

void mesh_model::state::add_own_record(std::vector<slot>& subjects) {
  auto is_passed_on = [this](slot who) {
    return is_sent(who);
  };
  if (!to_announce.is_waiting(self.name)
      || std::none_of(subjects.begin(), subjects.end(), is_passed_on))
    return;
  auto size = known.encoded(peers::self).data().size();
  if (announcements::pause_after(size, known.size())
      <= options.announcement_interval)
    subjects.push_back(peers::self);
}

bool mesh_model::state::is_news(slot who, const record_edition& x) const {
  auto& before = known.summary(who);
  if (supersedes(x, edition_of(before)))
    return true;
  // An unreachable peer has probably stopped, and we have not forgotten it yet.
  // If it starts again, its versions begin at 0, so a record with another UID
  // counts as newer.
  return x.uid != before.uid && !reachable.is_reachable(who);
}

bool mesh_model::state::apply_record(staged_record& x,
                                     const record_limits::totals& limits,
                                     instant now, mesh_model_effects& out) {
  auto before = known.summary(x.who);
  auto edges_before = known.connections(x.who);
  auto& record = x.record;
  // An update may contain two records of one peer. The other one may be stored
  // already, so this checks again.
  if (!is_news(x.who, edition_of(record.peer))
      && !(record.encoded && supersedes(record.encoded, known.encoded(x.who))))
    return false;
  auto after = record.peer;
  if (!known.replace(x.who, std::move(record), limits)) {
    ++out.refused_records;
    return false;
  }
  // The peer was alive when it made this record, so earlier reports are old.
  closings.forget(after.name);
  if (before.uid == peer_uid::none
      || (before.uid != after.uid && told_left.erase(after.name) > 0))
    out.joined.push_back(after);
  else if (before.uid != after.uid)
    out.restarted.emplace_back(before, after);
  if (before.uid != peer_uid::none && before.uid != after.uid
      && contests.uid_changed(after.name, before.uid, after.uid, now))
    out.names_used_twice.push_back(after.name);
  move_claim(after.name, before.alias, after.alias, out);
  edges_changed(x.who, edges_before, out);
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

void mesh_model::state::outlive(const record_about_us& x, instant now,
                                mesh_model_effects& out) {
  // After we restart, the mesh may still have a few of our old records. They
  // count as impersonation only if there are more than this number.
  constexpr unsigned few = 4;
  out.impersonated |= x.in_our_life || ++outlived_records > few;
  outlived_at = now;
  auto ourselves = known.summary(peers::self);
  ourselves.version = std::max(ourselves.version, x.edition.version) + 1;
  ourselves_changed(std::move(ourselves), now);
}

// Our clock may be a little behind that of a peer that has accepted a forged
// record of us. If we ignored such a record, we would not outlive it.
std::uint64_t mesh_model::state::max_version_about(peer_name who) const {
  constexpr auto difference_of_clocks = std::chrono::milliseconds{100};
  return record_limits::max_version(
    who == self.name ? date + difference_of_clocks : date);
}

bool mesh_model::state::is_ahead_of_clocks(instant now) const {
  constexpr auto a_little = std::chrono::seconds{5};
  return outlived_at && now - *outlived_at < a_little + std::chrono::seconds{1}
         && known.summary(peers::self).version
              > record_limits::max_version(date - a_little);
}

} // namespace cafmesh
