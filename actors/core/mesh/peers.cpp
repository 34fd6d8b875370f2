#include "actors/core/mesh/peers.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/record_limits.hpp"

namespace cafmesh {

// -- membership

peers::peers(peer_summary ourselves, std::uint64_t key,
             std::shared_ptr<record_sharing> sharing)
    : key_(key), sharing_(std::move(sharing)) {
  index_.add(hash_of(ourselves.name), self);
  entries_.push_back({std::move(ourselves), {}, {}});
}

slot peers::find(const peer_name& name) const {
  return index_.find(hash_of(name),
                     [&](slot x) { return summary(x).name == name; });
}

slot peers::obtain(const peer_name& name, std::vector<slot>& created) {
  auto known = find(name);
  if (known != none)
    return known;
  auto fresh = static_cast<slot>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    fresh = free_.back();
    free_.pop_back();
  }
  entries_[fresh].summary.name = name;
  index_.add(hash_of(name), fresh);
  created.push_back(fresh);
  roster_ = nullptr;
  insert_by_name(fresh);
  return fresh;
}

void peers::insert_by_name(slot added) {
  // While there are few peers, inserting each new one is cheaper than sorting
  // again. With more peers than this, many insertions could take quadratic
  // time. The list is then cleared, and sorted at its next use.
  constexpr std::size_t insertion_limit = 4096;
  if (by_name_.size() > insertion_limit)
    by_name_.clear();
  if (by_name_.empty())
    return;
  auto less = [this](slot x, peer_name y) {
    return summary(x).name < y;
  };
  auto name = summary(added).name;
  by_name_.insert(
    std::lower_bound(by_name_.begin(), by_name_.end(), name, less), added);
}

void peers::erase(slot who) {
  index_.erase(hash_of(summary(who).name), who);
  unresolved_.replace(who, {});
  set_connections(who, {});
  entries_[who] = entry{};
  free_.push_back(who);
  roster_ = nullptr;
  by_name_.clear();
}

void peers::replace(slot who, peer_summary summary) {
  entries_[who].summary = std::move(summary);
  entries_[who].encoded = {};
}

void peers::replace_own(std::vector<connection_summary> xs) {
  edge_list edges;
  edges.reserve(xs.size());
  for (const auto& x : xs)
    edges.append(find(x.remote), x.outbound, x.established);
  replace_own(std::move(xs), std::move(edges));
}

void peers::replace_own(std::vector<connection_summary> listed, edge_list all) {
  set_connections(self, all);
  own_ = std::move(listed);
  entries_[self].encoded = {};
}

void peers::set_connections(slot who, adjacency connections) {
  auto& x = entries_[who].connections;
  edge_count_ -= x.edges().size();
  edge_count_ += connections.edges().size();
  x = shared(std::move(connections));
}

// In a star, each leaf has the same connection as most others.
adjacency peers::shared(adjacency x) {
  constexpr std::size_t few = 4;
  if (x.edges().empty() || x.edges().size() > few)
    return x;
  auto known = std::find(recent_.begin(), recent_.end(), x);
  if (known != recent_.end())
    return *known;
  recent_[oldest_recent_] = x;
  oldest_recent_ = (oldest_recent_ + 1) % recent_.size();
  return x;
}

bool peers::replace(slot who, received_record x,
                    const record_limits::totals& limits) {
  edge_list resolved;
  unresolved_edges::edges rest;
  resolved.reserve(x.connections.size());
  for (auto& each : x.connections)
    if (auto to = find(each.remote); to != none)
      resolved.append(to, each.outbound, each.established);
    else
      rest.push_back({each.remote, each.outbound, each.established});
  auto fits = [](std::size_t all, std::size_t before, std::size_t after,
                 std::size_t limit) {
    return after <= before || all - before + after <= limit;
  };
  if (!fits(edge_count(), degree(who), x.connections.size(), limits.edges)
      || !fits(unresolved_.size(), unresolved_.of(who).size(), rest.size(),
               limits.unresolved))
    return false;
  set_connections(who, resolved);
  unresolved_.replace(who, std::move(rest));
  if (!x.encoded)
    x.encoded = encode(x.peer, x.connections);
  entries_[who].summary = std::move(x.peer);
  entries_[who].encoded = std::move(x.encoded);
  return true;
}

void peers::resolve(const std::vector<slot>& created) {
  std::vector<std::pair<slot, slot>> found; // an owner and a peer that it names
  for (auto who : created)
    for (auto owner : unresolved_.owners_naming(summary(who).name))
      found.emplace_back(owner, who);
  std::sort(found.begin(), found.end(), [this](const auto& x, const auto& y) {
    return x.first != y.first ? x.first < y.first
                              : summary(x.second).name < summary(y.second).name;
  });
  std::vector<slot> named;
  for (std::size_t i = 0; i < found.size(); ++i) {
    named.push_back(found[i].second);
    if (i + 1 == found.size() || found[i + 1].first != found[i].first) {
      resolve_edges(found[i].first, named);
      named.clear();
    }
  }
}

void peers::resolve_edges(slot owner, const std::vector<slot>& named) {
  const auto& old = connections(owner);
  auto edges = old.edges();
  auto less = [this](const adjacency::edge& x, const peer_name& y) {
    return summary(x.to).name < y;
  };
  std::vector<peer_name> names;
  for (auto who : named)
    names.push_back(summary(who).name);
  auto taken = unresolved_.take(owner, names);
  edge_list all;
  all.reserve(edges.size() + named.size());
  auto next = edges.begin();
  auto copy_until = [&](auto end) {
    all.append(old, static_cast<std::size_t>(next - edges.begin()),
               static_cast<std::size_t>(end - edges.begin()));
    next = end;
  };
  for (std::size_t i = 0; i < named.size(); ++i) {
    copy_until(std::lower_bound(next, edges.end(), names[i], less));
    all.append(named[i], taken[i].outbound, taken[i].established);
  }
  copy_until(edges.end());
  set_connections(owner, all);
}

void peers::drop(const std::vector<slot>& gone, std::size_t most_unresolved) {
  std::vector<std::uint8_t> goes(entries_.size());
  for (auto who : gone) {
    goes[who] = 1;
    unresolved_.replace(who, {});
    set_connections(who, {});
  }
  for (slot owner = 0; owner < entries_.size(); ++owner)
    remove_edges(owner, goes, most_unresolved);
  for (auto who : gone)
    erase(who);
}

void peers::remove_edges(slot owner, const std::vector<std::uint8_t>& goes,
                         std::size_t most_unresolved) {
  const auto& old = connections(owner);
  auto edges = old.edges();
  edge_list kept;
  unresolved_edges::edges rest;
  std::size_t next = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& e = edges[i];
    if (!goes[e.to])
      continue;
    kept.append(old, next, i);
    next = i + 1;
    if (unresolved_.size() + rest.size() < most_unresolved)
      rest.push_back({summary(e.to).name, e.outbound != 0, e.established != 0});
  }
  if (next == 0)
    return;
  kept.append(old, next, edges.size());
  unresolved_.add(owner, std::move(rest));
  set_connections(owner, kept);
}

std::vector<slot> peers::compact() {
  constexpr std::size_t few = 64;
  if (free_.size() < few || free_.size() < size())
    return {};
  std::vector<slot> moved(entries_.size(), none);
  std::deque<entry> kept;
  slot_index index;
  auto in_use = by_name();
  std::sort(in_use.begin(), in_use.end());
  for (auto who : in_use) {
    moved[who] = static_cast<slot>(kept.size());
    index.add(hash_of(summary(who).name), moved[who]);
    kept.push_back(std::move(entries_[who]));
  }
  for (auto& x : kept)
    x.connections = x.connections.with_slots(moved);
  unresolved_edges unresolved;
  for (auto owner : unresolved_.owners())
    unresolved.replace(moved[owner], unresolved_.of(owner));
  entries_ = std::move(kept);
  index_ = std::move(index);
  unresolved_ = std::move(unresolved);
  free_ = {};
  by_name_ = {};
  roster_ = nullptr;
  return moved;
}

// -- records

std::vector<peers::link> peers::links(slot who) const {
  const auto& x = entries_[who];
  std::vector<wire::connection_view> encoded_connections;
  if (who == self)
    encoded_connections = views_of_own();
  else if (x.encoded)
    wire::topology_update_reader::read_connections_of(
      x.encoded.data(), x.summary.name.flavour(), encoded_connections);
  std::vector<link> result;
  result.reserve(encoded_connections.size());
  const auto* edge = x.connections.edges().begin();
  const auto* last_edge = x.connections.edges().end();
  const auto& names = unresolved_.of(who);
  auto name = names.begin();
  // The encoded record still contains the connections that `drop` has left out,
  // and our own record leaves out some connections. This skips both.
  for (const auto& each : encoded_connections) {
    while (edge != last_edge && summary(edge->to).name < each.remote)
      ++edge;
    if (edge != last_edge && summary(edge->to).name == each.remote) {
      result.push_back({edge->to, each});
      ++edge;
    } else if (name != names.end() && name->remote == each.remote) {
      result.push_back({none, each});
      ++name;
    }
  }
  return result;
}

peer_record peers::record(slot who) const {
  peer_record result{entries_[who].summary, {}};
  auto all = links(who);
  result.connections.reserve(all.size());
  for (const auto& [to, x] : all)
    result.connections.push_back(
      {x.remote, std::string{x.remote_address}, x.outbound, x.established});
  return result;
}

std::vector<wire::connection_view> peers::views_of_own() const {
  std::vector<wire::connection_view> result;
  result.reserve(own_.size());
  for (const auto& x : own_)
    result.push_back({x.remote, x.remote_address, x.outbound, x.established});
  return result;
}

encoded_record
peers::encode(const peer_summary& peer,
              const std::vector<wire::connection_view>& connections) {
  auto data = wire::write_peer_record(scratch_, peer, connections);
  if (sharing_)
    return sharing_->get(peer.name, edition_of(peer), data);
  return {peer.name, edition_of(peer), data};
}

void peers::release_scratch() noexcept {
  constexpr std::size_t most_kept = 4 * 1024;
  if (scratch_.capacity() > most_kept)
    scratch_ = bytes{};
}

const encoded_record& peers::encoded(slot who) {
  auto& x = entries_[who];
  if (!x.encoded)
    x.encoded =
      encode(x.summary, who == self ? views_of_own()
                                    : std::vector<wire::connection_view>{});
  return x.encoded;
}

const std::vector<slot>& peers::by_name() const {
  if (by_name_.empty()) {
    by_name_.reserve(size());
    index_.for_each([this](slot who) { by_name_.push_back(who); });
    std::sort(by_name_.begin(), by_name_.end(), [this](slot x, slot y) {
      return summary(x).name < summary(y).name;
    });
  }
  return by_name_;
}

// -- graph

const std::shared_ptr<const roster>& peers::current_roster() const {
  if (roster_)
    return roster_;
  auto fresh = std::make_shared<roster>();
  fresh->slots = by_name();
  fresh->names.reserve(fresh->slots.size());
  fresh->ranks.resize(entries_.size());
  for (auto who : fresh->slots) {
    fresh->ranks[who] = static_cast<std::uint32_t>(fresh->names.size());
    fresh->names.push_back(summary(who).name);
  }
  roster_ = std::move(fresh);
  return roster_;
}

mesh_graph peers::graph() const {
  mesh_graph result;
  result.peers = current_roster();
  result.self = self;
  result.connections.reserve(entries_.size());
  for (auto& x : entries_)
    result.connections.push_back(x.connections);
  return result;
}

std::vector<std::uint8_t> peers::reachable_from(std::vector<slot> roots) const {
  std::vector<std::uint8_t> reached(entries_.size());
  for (auto x : roots)
    reached[x] = 1;
  // Counts the peers that are not found yet, so that the search can end early.
  // In most meshes, all peers are found long before all edges are followed.
  auto missing = size() - roots.size();
  while (!roots.empty() && missing != 0) {
    auto x = roots.back();
    roots.pop_back();
    for (auto& e : connections(x).edges())
      if (!reached[e.to]) {
        reached[e.to] = 1;
        --missing;
        roots.push_back(e.to);
      }
  }
  return reached;
}

// Searches from `who` instead of from us. The result is the same, but the
// search ends sooner, because `who` is usually either our neighbour or
// isolated.
bool peers::has_established_path(slot who) const {
  return graph().established_from(who, self)[self] != 0;
}

} // namespace cafmesh
