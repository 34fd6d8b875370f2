#include "actors/core/mesh/mesh_model_state.hpp"

#include <algorithm>
#include <utility>

#include "messages/wire/topology_update.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

void add_up(std::uint64_t& version) noexcept {
  // A version that somebody else claimed for us may be the highest there is;
  // starting over would be worse than to stay.
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

admission mesh_model::state::meet(const wire::introduction& remote,
                                  mesh_model_effects& out) {
  std::vector<slot> created;
  auto who = known.obtain(remote.name, created);
  if (!created.empty())
    reachable.peers_added();
  auto uid = known.summary(who).uid;
  admission result;
  result.restarted = uid != peer_uid::none && uid != remote.uid;
  result.new_peer = !known.firmly_connected(who);
  if (uid == peer_uid::none && remote.uid != peer_uid::none) {
    peer_summary peer{remote.name, remote.nickname, remote.uid, 0,
                      remote.alias};
    staged_record record{who, std::move(peer), {}};
    take(record, out);
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
  add_up(ourselves.version);
  ourselves_changed(std::move(ourselves), now);
  reachable.refresh(known, now);
}

// -- what others say

caf::expected<mesh_model::state::staged_update>
mesh_model::state::stage(byte_view update) {
  staged_update result;
  wire::topology_update_reader reader{update, self.name.flavour()};
  peer_summary peer;
  std::vector<wire::connection_view> links;
  while (reader.next(peer)) {
    // A placeholder tells us nothing: whoever has a connection to that peer
    // names it.
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
    if (!reachable.reached(who)) {
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
    outlive(*update.earlier_life, now);
  std::vector<slot> news;
  for (auto& x : update.records) {
    // Else what we hold after an older life, but before the more recent one of
    // the same update, is news for ever.
    auto best = update.most_recent.find(x.who);
    if (best != update.most_recent.end()
        && supersedes(best->second, edition_of(x.peer)))
      continue;
    if (take(x, out))
      news.push_back(x.who);
  }
  if (!update.created.empty()) {
    reachable.peers_added();
    graph_changed(out);
  }
  // Peers out of reach are not passed on before there is a way to them; those
  // to which this update shows one are news only now.
  auto found = reachable.refresh(known, now);
  news.insert(news.end(), found.begin(), found.end());
  auto& subjects = update.subjects;
  subjects.insert(subjects.end(), found.begin(), found.end());
  settle_alias(now, out);
  applied_update result;
  if (wanted.everything)
    result.everything = data_of(std::move(subjects));
  if (wanted.news)
    result.news = data_of(std::move(news));
  return result;
}

bool mesh_model::state::is_news(slot who, const peer_summary& x) const {
  auto& before = known.summary(who);
  if (supersedes(edition_of(x), edition_of(before)))
    return true;
  // Who is out of reach has gone for all we know, and only the delay keeps the
  // record. A successor of that name, whose version starts again, must not be
  // taken for something older.
  return x.uid != before.uid && !reachable.reached(who);
}

bool mesh_model::state::take(staged_record& x, mesh_model_effects& out) {
  auto& before = known.summary(x.who);
  // An update may name a peer twice.
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

void mesh_model::state::outlive(std::uint64_t version, instant now) {
  auto ourselves = known.summary(peers::self);
  if (version < ourselves.version || ourselves.version == UINT64_MAX)
    return;
  ourselves.version = version;
  add_up(ourselves.version);
  ourselves_changed(std::move(ourselves), now);
}

// -- what follows

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

void mesh_model::state::settle_alias(instant now, mesh_model_effects& out) {
  if (aliases.owner(self.alias) == self.name)
    return;
  // Where all are taken we keep a contested one until some peer lets go.
  auto alias = aliases.draw(rng);
  if (!alias)
    return;
  move_claim(self.name, self.alias, alias, out);
  self.alias = *alias;
  auto ourselves = known.summary(peers::self);
  ourselves.alias = alias;
  add_up(ourselves.version);
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
  settle_alias(now, out);
}

std::shared_ptr<const peer_records>
mesh_model::state::data_of(std::vector<slot> whose) {
  auto not_to_say = [this](slot who) {
    return !reachable.reached(who) || known.summary(who).uid == peer_uid::none;
  };
  whose.erase(std::remove_if(whose.begin(), whose.end(), not_to_say),
              whose.end());
  if (whose.empty())
    return nullptr;
  auto by_name = [this](slot x, slot y) {
    return known.summary(x).name < known.summary(y).name;
  };
  if (!std::is_sorted(whose.begin(), whose.end(), by_name))
    std::sort(whose.begin(), whose.end(), by_name);
  whose.erase(std::unique(whose.begin(), whose.end()), whose.end());
  std::vector<encoded_record_ptr> records;
  records.reserve(whose.size());
  for (auto who : whose)
    records.push_back(known.encoded(who));
  return std::make_shared<peer_records>(std::move(records));
}

} // namespace cafmesh
