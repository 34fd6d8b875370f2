#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/addresses/host_port.hpp"
#include "actors/core/mesh/discovery.hpp"
#include "actors/core/mesh/fair_share.hpp"
#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that chooses the addresses that discovery may dial.
namespace cafmesh {

namespace {

/// The address of a peer in the record of another peer.
struct report {
  slot of;
  std::string_view address; ///< valid until the record changes
  bool outbound;
};

// For each peer that may be dialled, its addresses, each with the number of
// records that contain it.
using addresses_by_peer = std::map<slot, std::map<std::string, std::size_t>>;

class address_search {
public:
  /// @param left_out peers whose addresses are not wanted, by slot
  address_search(const peers& known, const std::vector<bool>& left_out,
                 std::uint64_t key)
      : known_(known), graph_(known.graph()), left_out_(left_out),
        reached_(graph_.established_from(peers::self)),
        records_(known.slot_count()), key_(key) {
  }

  std::vector<report> run() {
    for (auto who : known_.by_name())
      if (who != peers::self && reached_[who])
        add_addresses_of(who);
    return std::move(result_);
  }

private:
  void add_addresses_of(slot from) {
    const auto edges = graph_.edges(from);
    if (std::all_of(edges.begin(), edges.end(),
                    [this](const auto& x) { return left_out_[x.to]; }))
      return;
    auto links = known_.links(from);
    links.erase(std::remove_if(links.begin(), links.end(),
                               [this](const auto& x) {
                                 return x.to == peers::none || left_out_[x.to]
                                        || !reached_[x.to];
                               }),
                links.end());
    keep_some(links);
    for (const auto& x : links)
      if (records_[x.to] < discovery::most_records_per_peer
          && reports_connection(x.to, from)) {
        ++records_[x.to];
        result_.push_back({x.to, x.content.remote_address, x.content.outbound});
      }
  }

  // Chooses by a keyed hash, so that no peer can give itself a name that comes
  // first.
  void keep_some(std::vector<peers::link>& links) const {
    constexpr auto most = discovery::most_per_peer;
    if (links.size() <= most)
      return;
    auto rank = [this](const peers::link& x) {
      return known_.summary(x.to).name.hash(key_);
    };
    std::nth_element(
      links.begin(), links.begin() + most, links.end(),
      [&](const auto& x, const auto& y) { return rank(x) < rank(y); });
    links.resize(most);
  }

  bool reports_connection(slot from, slot to) const {
    const adjacency::edge back{from & adjacency::max_slot, 0, 0};
    return graph_.opposite(to, back) != nullptr;
  }

  const peers& known_;
  mesh_graph graph_;
  const std::vector<bool>& left_out_;
  std::vector<std::uint8_t> reached_;
  // By slot, how many records were searched for the peer's addresses.
  std::vector<std::size_t> records_;
  std::uint64_t key_;
  std::vector<report> result_;
};

// If there are too many peers to dial, leaves out some of them, from the
// largest branches of the mesh first. So a member that makes up peers crowds
// out only peers behind itself.
void leave_out_peers(std::vector<report>& xs, const peers& known) {
  std::vector<std::uint32_t> weights(known.slot_count());
  std::size_t count = 0;
  for (const auto& x : xs)
    count += std::exchange(weights[x.of], 1) == 0 ? 1 : 0;
  if (count <= discovery::most)
    return;
  fair_share share{known.graph()};
  share.drop(count - discovery::most, weights);
  xs.erase(
    std::remove_if(xs.begin(), xs.end(),
                   [&](const report& x) { return share.is_dropped(x.of); }),
    xs.end());
}

// Whether one of our own connections is over loopback. If none is, no other
// peer is on this machine, and other peers' loopback addresses are useless
// here.
bool has_loopback_connection(const peers& known) {
  auto links = known.links(peers::self);
  return std::any_of(links.begin(), links.end(), [](const auto& x) {
    auto host = ip_of(std::string{x.content.remote_address});
    return host && host->is_loopback();
  });
}

addresses_by_peer read_addresses(const std::vector<report>& xs,
                                 std::uint16_t default_port,
                                 bool with_loopback) {
  addresses_by_peer result;
  for (const auto& x : xs) {
    // Honest peers report only numeric addresses. Names are skipped, because
    // looking them up would let a remote make us send DNS queries.
    auto address = host_port::parse(std::string{x.address});
    auto host = address ? ip_of(*address) : std::nullopt;
    if (!host || host->is_unspecified()
        || (!with_loopback && host->is_loopback()))
      continue;
    // The remote port of an inbound connection is not the port on which the
    // peer listens, so the default port is tried instead.
    if (!x.outbound)
      address->port = default_port;
    ++result[x.of][address->str()];
  }
  return result;
}

// The addresses of a peer. Addresses that are in more records come first.
std::vector<std::string>
in_order(const std::map<std::string, std::size_t>& addresses) {
  std::vector<std::pair<std::string, std::size_t>> sorted{addresses.begin(),
                                                          addresses.end()};
  std::stable_sort(
    sorted.begin(), sorted.end(),
    [](const auto& x, const auto& y) { return x.second > y.second; });
  std::vector<std::string> result;
  result.reserve(sorted.size());
  for (auto& x : sorted)
    result.push_back(std::move(x.first));
  return result;
}

// Takes an address of each peer, then another address of each peer, and so on.
std::vector<std::string> take_in_turn(const addresses_by_peer& xs) {
  std::vector<std::vector<std::string>> lists;
  std::size_t longest = 0;
  for (const auto& x : xs) {
    lists.push_back(in_order(x.second));
    longest = std::max(longest, lists.back().size());
  }
  std::set<std::string> result;
  for (std::size_t i = 0; i < longest; ++i)
    for (auto& list : lists)
      if (i < list.size() && result.size() < discovery::most)
        result.insert(std::move(list[i]));
  return {result.begin(), result.end()};
}

std::vector<report> search_for(const std::vector<slot>& wanted,
                               const peers& known, std::uint64_t key) {
  if (wanted.empty())
    return {};
  std::vector<bool> left_out(known.slot_count(), true);
  for (auto who : wanted)
    left_out[who] = false;
  return address_search{known, left_out, key}.run();
}

// @param tried the addresses that are or were dialled
void note_dials(degree_control& degrees, const addresses_by_peer& found,
                const std::vector<std::string>& tried, const peers& known,
                instant now) {
  const std::set<std::string> all{tried.begin(), tried.end()};
  for (const auto& [who, addresses] : found)
    if (std::any_of(addresses.begin(), addresses.end(),
                    [&](const auto& x) { return all.count(x.first) != 0; }))
      degrees.is_dialled(known.summary(who).name, now);
}

} // namespace

std::vector<std::string>
mesh_model::discovered_addresses(std::uint16_t default_port,
                                 std::uint64_t turn) const {
  const auto& s = *state_;
  std::vector<bool> connected(s.known.slot_count());
  connected[peers::self] = true;
  for (const auto& x : s.connections)
    connected[s.known.find(x.first)] = true;
  // An odd factor makes the keys of all turns different.
  const auto key = s.options.seed + turn * 0x9e37'79b9'7f4a'7c15u;
  auto found = address_search{s.known, connected, key}.run();
  leave_out_peers(found, s.known);
  return take_in_turn(
    read_addresses(found, default_port, has_loopback_connection(s.known)));
}

// Chooses again if a chosen peer has no known address.
discovery_plan mesh_model::plan_discovery(std::uint16_t default_port,
                                          std::uint64_t turn,
                                          const get_discovered_addresses& what,
                                          instant now) {
  auto& s = *state_;
  auto ties = s.ties(what.chosen);
  const auto mesh = s.listed_graph();
  const auto addresses = [&](const std::vector<slot>& of) {
    return s.addresses_of(of, default_port);
  };
  discovery_plan result;
  result.give_up = s.due_to_leave(what.chosen, now);
  for (std::size_t i = 0; i < discovery::most_choices; ++i) {
    const auto decision = s.degrees.decide(mesh, ties, now, addresses);
    result.is_limited = decision.limited;
    result.limit_holds = decision.holds;
    result.again = decision.again;
    if (!decision.limited) {
      result.addresses = discovered_addresses(default_port, turn);
      break;
    }
    if (const auto& who = decision.give_up) {
      ties[*who] = tie::named;
      s.list_again(s.connections.at(s.known.summary(*who).name),
                   now + discovery::time_to_hear, now);
      s.to_announce.hurry(now);
    }
    const auto found =
      read_addresses(search_for(decision.dial, s.known, s.options.seed),
                     default_port, has_loopback_connection(s.known));
    result.addresses = take_in_turn(found);
    note_dials(s.degrees, found, what.tried, s.known, now);
    if (found.size() == decision.dial.size())
      break;
    for (auto who : decision.dial)
      if (found.count(who) == 0)
        s.degrees.has_no_address(s.known.summary(who).name, now);
  }
  s.wake_to_leave(result.again);
  return result;
}

std::vector<tie>
mesh_model::state::ties(const std::vector<connection_id>& chosen) const {
  std::vector<tie> result(known.slot_count());
  for (const auto& [name, x] : connections) {
    const auto is_chosen =
      std::find(chosen.begin(), chosen.end(), x.id) != chosen.end();
    result[known.find(name)] = x.leaves_at                ? tie::named
                               : !x.outbound              ? tie::inbound
                               : is_chosen && !x.is_named ? tie::chosen
                                                          : tie::named;
  }
  return result;
}

std::vector<ip_address>
mesh_model::state::addresses_of(const std::vector<slot>& all,
                                std::uint16_t default_port) const {
  std::vector<std::string> texts;
  std::vector<slot> others;
  for (auto who : all) {
    auto i = connections.find(known.summary(who).name);
    texts.push_back(i != connections.end() ? i->second.remote_address : "");
    if (i == connections.end())
      others.push_back(who);
  }
  const auto told =
    read_addresses(search_for(others, known, options.seed), default_port,
                   !others.empty() && has_loopback_connection(known));
  std::vector<ip_address> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto x = told.find(all[i]);
    result.push_back(
      ip_of(x != told.end() ? in_order(x->second).front() : texts[i])
        .value_or(ip_address{}));
  }
  return result;
}

} // namespace cafmesh
