#include "actors/core/mesh/peers.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

// -- membership

peers::peers(peer_summary ourselves, std::uint64_t key) : key_(key) {
  index_.add(hash_of(ourselves.name), self);
  entries_.push_back({std::move(ourselves), adjacency::none(), nullptr});
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
  // In a mesh that grows peer by peer, one insertion is cheaper than sorting
  // again. Beyond the limit, an update with very many new peers would take
  // quadratic time, so sorting is left to the next use.
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
  entries_[who] = entry{};
  free_.push_back(who);
  roster_ = nullptr;
  by_name_.clear();
}

void peers::replace(slot who, peer_summary summary) {
  entries_[who].summary = std::move(summary);
  entries_[who].encoded = nullptr;
}

void peers::replace(slot who, adjacency connections) {
  entries_[who].connections =
    std::make_shared<const adjacency>(std::move(connections));
  entries_[who].encoded = nullptr;
}

adjacency peers::resolve(const std::vector<wire::connection_view>& connections,
                         std::vector<slot>& created) {
  adjacency result;
  std::size_t address_size = 0;
  for (auto& x : connections)
    address_size += x.remote_address.size();
  result.reserve(connections.size(), address_size);
  for (auto& x : connections)
    result.append(obtain(x.remote, created), x.remote_address, x.outbound,
                  x.established);
  return result;
}

// -- records

peer_record peers::record(slot who) const {
  auto& connections = *entries_[who].connections;
  auto& edges = connections.edges();
  peer_record result{entries_[who].summary, {}};
  result.connections.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    result.connections.push_back({summary(edges[i].to).name,
                                  std::string{connections.address(i)},
                                  edges[i].outbound, edges[i].established});
  return result;
}

const encoded_record_ptr& peers::encoded(slot who) {
  constexpr std::size_t many = 16;
  auto& x = entries_[who];
  if (x.encoded)
    return x.encoded;
  auto& edges = x.connections->edges();
  scratch_.resize(edges.size());
  // The roster's names lie next to each other and so fit in the processor's
  // cache, unlike those in the entries.
  const auto* order = edges.size() >= many ? current_roster().get() : nullptr;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    auto& connection = scratch_[i];
    auto to = edges[i].to;
    connection.remote =
      order ? order->names[order->ranks[to]] : summary(to).name;
    connection.remote_address = x.connections->address(i);
    connection.outbound = edges[i].outbound;
    connection.established = edges[i].established;
  }
  auto data = wire::write_peer_record(scratch_bytes_, x.summary, scratch_);
  x.encoded = std::make_shared<const encoded_record>(
    encoded_record{x.summary.name, edition_of(x.summary), data.to_bytes()});
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
  // In most meshes every peer is reachable, and all are found long before all
  // edges have been followed.
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

bool peers::has_established_path(slot who) const {
  auto snapshot = graph();
  std::vector<std::uint8_t> reached(entries_.size());
  std::vector<slot> open{who};
  reached[who] = 1;
  // These connections lead both ways, so the search may start at `who`, which
  // usually is either our neighbour or isolated.
  while (!open.empty() && !reached[self]) {
    auto x = open.back();
    open.pop_back();
    for (auto& e : snapshot.edges(x))
      if (!reached[e.to] && snapshot.established_both_ways(x, e)) {
        reached[e.to] = 1;
        open.push_back(e.to);
      }
  }
  return reached[self] != 0;
}

} // namespace cafmesh
