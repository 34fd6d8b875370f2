#include <chrono>
#include <utility>

#include <caf/send.hpp>

#include "actors/core/directory/directory_hops.hpp"
#include "actors/core/directory/names_data.hpp"
#include "actors/directory/directory_state.hpp"

// How the directory exchanges names with other peers, and when it sends them.
namespace cafmesh {

namespace {

// The minimum time between two announcements of changes to this peer's names.
constexpr auto flush_interval = std::chrono::milliseconds{10};

// The delay between finding that another peer's names have changed, or are
// missing here, and sending the neighbours a summary of all names.
constexpr auto quiet_before_outline = std::chrono::milliseconds{500};

// The minimum time between two requests for the topology, which is needed to
// count the hops to all peers.
constexpr auto hops_interval = std::chrono::seconds{1};

} // namespace

// -- what arrives

caf::result<void> directory_state::receive(const unicasts_arrived& x) {
  caf::error result;
  model->set_date(std::chrono::system_clock::now());
  for (const auto& each : x.messages)
    if (auto err = model->receive_unicast(each.data.view(), each.source,
                                          x.neighbour, now()))
      result = std::move(err);
  apply_effects();
  if (result)
    return result;
  return caf::unit;
}

caf::result<gossip_data_ptr> directory_state::receive(const payload& data,
                                                      peer_name neighbour) {
  model->set_date(std::chrono::system_clock::now());
  auto is_news = model->receive_news(data.view(), neighbour, now());
  apply_effects();
  if (!is_news)
    return std::move(is_news.error());
  if (!*is_news)
    return gossip_data_ptr{};
  return gossip_data_ptr{std::make_shared<names::names_data>(data.compact())};
}

gossip_data_ptr directory_state::outline() const {
  return model ? std::make_shared<names::names_data>(model->outline())
               : nullptr;
}

// -- peers

void directory_state::note_life(peer_name who, peer_uid uid) {
  if (uid != peer_uid::none)
    model->life_appeared({who, uid}, now());
}

void directory_state::life_appeared(peer_name who, peer_uid uid) {
  note_life(who, uid);
  apply_effects();
}

void directory_state::peer_left(peer_name who) {
  model->peer_left(who, now());
  left.push_back(who);
  apply_effects();
}

void directory_state::mesh_is(const mesh_description& x) {
  measuring = false;
  const auto before = std::exchange(hops, names::hops_of(x));
  if (hops != before)
    for (const auto& watcher : distance_watchers)
      caf::anon_send(watcher, distances_changed{});
  for (const auto& each : x.peers)
    note_life(each.peer.name, each.peer.uid);
  apply_effects();
}

void directory_state::hops_are_stale() {
  if (!std::exchange(measuring, true))
    self->delayed_send(self, hops_interval, measure_hops{});
}

// -- what follows

void directory_state::flush_soon() {
  if (std::exchange(flushing, true))
    return;
  const auto due = last_flush + flush_interval;
  if (due <= now())
    self->send(self, flush_names{});
  else
    self->delayed_send(self, due - now(), flush_names{});
}

void directory_state::flush() {
  flushing = false;
  last_flush = now();
  model->flush(now());
  apply_effects();
}

void directory_state::apply_effects() {
  auto effects = model->take_effects();
  tell_homes(effects.homes);
  if (!effects.unicasts.empty()) {
    unicasts all;
    for (auto& x : effects.unicasts)
      all.messages.push_back({x.to, std::move(x.data)});
    self->send(channel, std::move(all));
  }
  for (auto& x : effects.broadcasts)
    self->send(channel,
               broadcast{std::make_shared<names::names_data>(std::move(x))});
  if (!effects.changes.empty())
    watchers.tell(effects.changes, model->all());
  if (effects.describe)
    describe_soon();
  schedule_tick();
}

void directory_state::tell_homes(const names::home_changes& x) {
  homes_changed result;
  result.left = std::exchange(left, {});
  auto is_gone = [&](const names::life& of) {
    auto known = homes.extract(of);
    if (known.empty())
      return;
    if (auto i = life_of_node.find(known.mapped());
        i != life_of_node.end() && i->second == of)
      life_of_node.erase(i);
    result.gone.push_back({of.peer, of.uid, std::move(known.mapped())});
  };
  for (const auto& of : x.gone)
    is_gone(of);
  for (const auto& each : x.came) {
    caf::node_id node;
    if (each.of == model->all().self())
      node = parts.node;
    else if (parse(each.node, node) || to_string(node) != each.node)
      node = caf::node_id{}; // invalid, or not in canonical form
    if (auto known = homes.find(each.of);
        known != homes.end() && known->second != node)
      is_gone(each.of);
    if (!node || !homes.emplace(each.of, node).second)
      continue;
    life_of_node[node] = each.of;
    result.came.push_back({each.of.peer, each.of.uid, std::move(node)});
  }
  if (!result.came.empty() || !result.gone.empty() || !result.left.empty())
    self->send(parts.postman, std::move(result));
}

void directory_state::describe_soon() {
  if (!std::exchange(describing, true))
    self->delayed_send(self, quiet_before_outline, describe_names{});
}

void directory_state::schedule_tick() {
  const auto due = model->wake_at();
  if (!due || (next_tick && *next_tick <= *due))
    return;
  next_tick = due;
  self->delayed_send(self, std::max(*due - now(), duration::zero()),
                     directory_tick{});
}

} // namespace cafmesh
