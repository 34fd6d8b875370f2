#include "peers.hpp"

#include <algorithm>
#include <utility>

#include "../../messages/wire/topology_update.hpp"

namespace cafmesh {

namespace {

/// Where each edge says what its own end reports, makes it say what both do.
void join_ends(routes::graph& g) {
  // Peers come in the order in which edges lead back to them, so that one pass
  // over each peer's edges serves all who look for theirs among them.
  auto passed = g.first_edge;
  for (std::uint32_t from = 0; from < g.names.size(); ++from)
    for (auto i = g.first_edge[from]; i < g.first_edge[from + 1]; ++i) {
      auto& edge = g.edges[i];
      auto& back = passed[edge.to];
      auto end = g.first_edge[edge.to + 1];
      while (back < end && g.edges[back].to < from)
        ++back;
      // Behind us edges say what both ends report already: no less is true.
      edge.established_both_ways = edge.established_both_ways && back < end
                                   && g.edges[back].to == from
                                   && g.edges[back].established_both_ways;
    }
}

} // namespace

// -- adjacency

void adjacency::reserve(std::size_t count, std::size_t address_size) {
  edges_.reserve(count);
  addresses_.reserve(address_size);
}

void adjacency::append(slot to, std::string_view address, bool outbound,
                       bool established) {
  addresses_.append(address);
  edges_.push_back(
    {to, static_cast<std::uint32_t>(addresses_.size()), outbound, established});
}

std::string_view adjacency::address(std::size_t index) const noexcept {
  auto begin = index == 0 ? 0 : edges_[index - 1].address_end;
  return std::string_view{addresses_}.substr(begin,
                                             edges_[index].address_end - begin);
}

bool adjacency::same_graph(const adjacency& other) const noexcept {
  auto same = [](const edge& x, const edge& y) {
    return x.to == y.to && x.established == y.established;
  };
  return std::equal(edges_.begin(), edges_.end(), other.edges_.begin(),
                    other.edges_.end(), same);
}

// -- membership

peers::peers(peer_summary ourselves, std::uint64_t key)
    : slots_(1, keyed_hash{key}) {
  slots_.emplace(ourselves.name, self);
  entries_.push_back({std::move(ourselves), {}, nullptr});
}

slot peers::find(peer_name name) const {
  auto i = slots_.find(name);
  return i != slots_.end() ? i->second : none;
}

slot peers::obtain(peer_name name, std::vector<slot>& created) {
  auto [i, added] = slots_.try_emplace(name, none);
  if (!added)
    return i->second;
  if (free_.empty()) {
    i->second = static_cast<slot>(entries_.size());
    entries_.emplace_back();
  } else {
    i->second = free_.back();
    free_.pop_back();
  }
  entries_[i->second].summary.name = name;
  created.push_back(i->second);
  keep_sorted(i->second);
  return i->second;
}

void peers::keep_sorted(slot added) {
  // In a mesh that grows peer by peer, sorting all anew for each was most of
  // the work. Who names very many at once must not make each cost a pass.
  constexpr std::size_t most_kept_sorted = 4096;
  if (by_name_.size() > most_kept_sorted)
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
  slots_.erase(entries_[who].summary.name);
  entries_[who] = entry{};
  free_.push_back(who);
  by_name_.clear();
}

void peers::replace(slot who, peer_summary summary) {
  entries_[who].summary = std::move(summary);
  entries_[who].encoded = nullptr;
}

void peers::replace(slot who, adjacency connections) {
  entries_[who].connections = std::move(connections);
  entries_[who].encoded = nullptr;
}

adjacency peers::resolve(const std::vector<connection_summary>& connections,
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
  auto& connections = entries_[who].connections;
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
  auto& x = entries_[who];
  if (x.encoded)
    return x.encoded;
  auto& edges = x.connections.edges();
  scratch_.peer = x.summary;
  scratch_.connections.resize(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    auto& connection = scratch_.connections[i];
    connection.remote = summary(edges[i].to).name;
    connection.remote_address.assign(x.connections.address(i));
    connection.outbound = edges[i].outbound;
    connection.established = edges[i].established;
  }
  scratch_bytes_.clear();
  wire::append_peer_record(scratch_bytes_, scratch_);
  x.encoded = std::make_shared<const encoded_record>(
    encoded_record{x.summary.name, edition_of(x.summary), scratch_bytes_});
  return x.encoded;
}

const std::vector<slot>& peers::by_name() const {
  if (by_name_.empty()) {
    by_name_.reserve(slots_.size());
    for (auto& [name, who] : slots_)
      by_name_.push_back(who);
    std::sort(by_name_.begin(), by_name_.end(), [this](slot x, slot y) {
      return summary(x).name < summary(y).name;
    });
  }
  return by_name_;
}

// -- graph

routes::graph peers::graph() const {
  auto& order = by_name();
  std::vector<std::uint32_t> rank(entries_.size());
  routes::graph result;
  result.names.reserve(order.size());
  result.first_edge.reserve(order.size() + 1);
  std::size_t edge_count = 0;
  for (auto who : order) {
    rank[who] = static_cast<std::uint32_t>(result.names.size());
    result.names.push_back(summary(who).name);
    result.first_edge.push_back(static_cast<std::uint32_t>(edge_count));
    edge_count += connections(who).edges().size();
  }
  result.first_edge.push_back(static_cast<std::uint32_t>(edge_count));
  result.self = rank[self];
  result.edges.resize(edge_count);
  auto edge = result.edges.begin();
  for (auto who : order)
    for (auto& x : connections(who).edges()) {
      edge->to = rank[x.to];
      edge->established_both_ways = x.established;
      ++edge;
    }
  join_ends(result);
  return result;
}

std::vector<std::uint8_t> peers::reached_from(std::vector<slot> roots) const {
  std::vector<std::uint8_t> reached(entries_.size());
  for (auto x : roots)
    reached[x] = 1;
  // Most meshes are whole: then this ends long before their edges do.
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

bool peers::firm(slot from, const adjacency::edge& x) const {
  if (!x.established)
    return false;
  auto& back = connections(x.to).edges();
  auto& name = summary(from).name;
  auto i = std::lower_bound(back.begin(), back.end(), name,
                            [this](const adjacency::edge& e, peer_name y) {
                              return summary(e.to).name < y;
                            });
  return i != back.end() && i->to == from && i->established;
}

bool peers::firmly_connected(slot who) const {
  std::vector<std::uint8_t> reached(entries_.size());
  std::vector<slot> open{who};
  reached[who] = 1;
  // Such connections lead both ways, so the search may start at the far end,
  // which is next to us or isolated more often than not.
  while (!open.empty() && !reached[self]) {
    auto x = open.back();
    open.pop_back();
    for (auto& e : connections(x).edges())
      if (!reached[e.to] && firm(x, e)) {
        reached[e.to] = 1;
        open.push_back(e.to);
      }
  }
  return reached[self] != 0;
}

} // namespace cafmesh
