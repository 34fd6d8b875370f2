#include "actors/core/mesh/mesh_model_state.hpp"

#include <algorithm>
#include <utility>

#include "messages/wire/topology_update.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

void increment(std::uint64_t& version) noexcept {
  // Another peer may have claimed the highest version for us. A version that
  // wraps to 0 would be ignored by all.
  if (version != UINT64_MAX)
    ++version;
}

} // namespace

mesh_model::state::state(local_identity ourselves, mesh_model_options opts)
    : self(std::move(ourselves)), options(opts), rng(opts.seed),
      known({self.name, self.nickname, self.uid, 0, self.alias}, opts.seed),
      pending(opts.announcement_interval) {
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
  if (!created.empty())
    reachable.peers_added();
  auto uid = known.summary(who).uid;
  admission result;
  result.restarted = uid != peer_uid::none && uid != remote.uid;
  result.new_peer = !known.has_established_path(who);
  if (uid == peer_uid::none && remote.uid != peer_uid::none) {
    peer_summary peer{remote.name, remote.nickname, remote.uid, 0,
                      remote.alias};
    staged_record record{who, std::move(peer), {}};
    apply_record(record, out);
  }
  return result;
}

void mesh_model::state::connections_changed(instant now,
                                            mesh_model_effects& out) {
  adjacency mine;
  for (auto& [name, x] : connections)
    mine.append(known.find(name), x.remote_address, x.outbound, x.established);
  reachable.edges_replaced(peers::self, known.connections(peers::self), mine);
  known.replace(peers::self, std::move(mine));
  graph_changed(out);
  auto ourselves = known.summary(peers::self);
  increment(ourselves.version);
  ourselves_changed(std::move(ourselves), now);
  reachable.refresh(known, now);
}

// -- updates of other peers

caf::expected<mesh_model::state::staged_update>
mesh_model::state::stage(byte_view update) {
  staged_update result;
  wire::topology_update_reader reader{update, self.name.flavour()};
  peer_summary peer;
  std::vector<wire::connection_view> links;
  while (reader.next(peer)) {
    // A placeholder says nothing: the peers that are connected to it name it in
    // their own records.
    if (peer.uid == peer_uid::none)
      continue;
    auto who = known.obtain(peer.name, result.created);
    result.subjects.push_back(who);
    if (who == peers::self) {
      if (peer.uid != self.uid)
        result.earlier_life =
          std::max(result.earlier_life.value_or(0), peer.version);
      continue;
    }
    if (!reachable.is_reachable(who)) {
      auto& best =
        result.most_recent.try_emplace(who, edition_of(peer)).first->second;
      if (supersedes(edition_of(peer), best))
        best = edition_of(peer);
    }
    if (!is_news(who, peer))
      continue;
    if (!reader.read_connections(links))
      break;
    result.records.push_back({who, peer, known.resolve(links, result.created)});
  }
  if (reader.error()) {
    for (auto who : result.created)
      known.erase(who);
    return reader.error();
  }
  return result;
}

applied_update mesh_model::state::apply(staged_update& update, instant now,
                                        mesh_model_effects& out,
                                        wanted_of_update wanted) {
  if (update.earlier_life)
    raise_version_above(*update.earlier_life, now);
  std::vector<slot> news;
  for (auto& x : update.records) {
    // If an update has two lives of a peer, only the newer applies: otherwise
    // each would replace the other, and be news, as often as the update
    // arrives.
    auto best = update.most_recent.find(x.who);
    if (best != update.most_recent.end()
        && supersedes(best->second, edition_of(x.peer)))
      continue;
    if (apply_record(x, out))
      news.push_back(x.who);
  }
  if (!update.created.empty()) {
    reachable.peers_added();
    graph_changed(out);
  }
  // Records of unreachable peers were held back. Those of peers that this
  // update makes reachable are news now.
  auto found = reachable.refresh(known, now);
  news.insert(news.end(), found.begin(), found.end());
  auto& subjects = update.subjects;
  subjects.insert(subjects.end(), found.begin(), found.end());
  choose_alias(now, out);
  applied_update result;
  if (wanted.everything)
    result.everything = records_of(std::move(subjects));
  if (wanted.news)
    result.news = records_of(std::move(news));
  return result;
}

bool mesh_model::state::is_news(slot who, const peer_summary& x) const {
  auto& before = known.summary(who);
  if (supersedes(edition_of(x), edition_of(before)))
    return true;
  // An unreachable peer has probably stopped, and only the collection delay
  // keeps its record. A new life of it starts at version 0 and must not be
  // mistaken for something older.
  return x.uid != before.uid && !reachable.is_reachable(who);
}

bool mesh_model::state::apply_record(staged_record& x,
                                     mesh_model_effects& out) {
  auto& before = known.summary(x.who);
  // An update may contain two records of a peer.
  if (!is_news(x.who, x.peer))
    return false;
  if (before.uid == peer_uid::none)
    out.joined.push_back(x.peer);
  else if (before.uid != x.peer.uid)
    out.restarted.emplace_back(before, x.peer);
  move_claim(x.peer.name, before.alias, x.peer.alias, out);
  reachable.edges_replaced(x.who, known.connections(x.who), x.connections);
  if (!known.connections(x.who).same_graph(x.connections))
    graph_changed(out);
  known.replace(x.who, std::move(x.peer));
  known.replace(x.who, std::move(x.connections));
  complete = nullptr;
  return true;
}

void mesh_model::state::raise_version_above(std::uint64_t version,
                                            instant now) {
  auto ourselves = known.summary(peers::self);
  if (version < ourselves.version || ourselves.version == UINT64_MAX)
    return;
  ourselves.version = version;
  increment(ourselves.version);
  ourselves_changed(std::move(ourselves), now);
}

// -- consequences of a change

void mesh_model::state::ourselves_changed(peer_summary ourselves, instant now) {
  known.replace(peers::self, std::move(ourselves));
  complete = nullptr;
  pending.add(self.name, now);
}

void mesh_model::state::graph_changed(mesh_model_effects& out) {
  current = nullptr;
  complete = nullptr;
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
  // If all are claimed, we keep the contested one until a peer releases one.
  auto alias = aliases.draw(rng);
  if (!alias)
    return;
  move_claim(self.name, self.alias, alias, out);
  self.alias = *alias;
  auto ourselves = known.summary(peers::self);
  ourselves.alias = alias;
  increment(ourselves.version);
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
  graph_changed(out);
  choose_alias(now, out);
}

std::shared_ptr<const peer_records>
mesh_model::state::records_of(std::vector<slot> subjects) {
  auto withheld = [this](slot who) {
    return !reachable.is_reachable(who)
           || known.summary(who).uid == peer_uid::none;
  };
  subjects.erase(std::remove_if(subjects.begin(), subjects.end(), withheld),
                 subjects.end());
  if (subjects.empty())
    return nullptr;
  auto by_name = [this](slot x, slot y) {
    return known.summary(x).name < known.summary(y).name;
  };
  if (!std::is_sorted(subjects.begin(), subjects.end(), by_name))
    std::sort(subjects.begin(), subjects.end(), by_name);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  std::vector<encoded_record_ptr> records;
  records.reserve(subjects.size());
  for (auto who : subjects)
    records.push_back(known.encoded(who));
  return std::make_shared<peer_records>(std::move(records));
}

} // namespace cafmesh
