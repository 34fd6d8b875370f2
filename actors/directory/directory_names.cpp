#include <algorithm>
#include <limits>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/directory/directory_state.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The requests of users to the directory: to publish, find and watch names.
namespace cafmesh {

namespace {

caf::error name_is_taken(const std::string& name, std::uint64_t by) {
  return make_error(errc::bad_setting, "the name " + escaped_in_quotes(name)
                                         + " is published for the local actor "
                                         + std::to_string(by)
                                         + "; unpublish it first");
}

caf::error cannot_export(caf::actor_id who) {
  return make_error(errc::bad_setting,
                    "other peers cannot reach actor " + std::to_string(who)
                      + ": it is not local, or was spawned before its actor "
                        "system had a node ID");
}

bool offers(const published_name& x, const std::set<std::string>& wanted) {
  return std::includes(x.interface.begin(), x.interface.end(), wanted.begin(),
                       wanted.end());
}

} // namespace

// -- publishing

caf::result<void> directory_state::publish(const publish_name& x) {
  if (!x.actor)
    return make_error(errc::bad_setting, "an actor is needed");
  const auto id = x.actor->id();
  const auto* known = model->published(x.name);
  if (known && known->actor != id)
    return name_is_taken(x.name, known->actor);
  names::entry what{
    id, names::make_interface({x.interface.begin(), x.interface.end()}),
    names::make_attributes(x.attributes)};
  const bool is_new = published.count(id) == 0;
  if (is_new && !parts.carrier->publish(x.actor))
    return cannot_export(id);
  if (auto err = model->publish(x.name, std::move(what))) {
    if (is_new)
      parts.carrier->withdraw(id);
    return err;
  }
  auto& actor = published[id];
  if (is_new) {
    actor.actor = x.actor;
    self->monitor(x.actor);
  }
  actor.names.insert(x.name);
  flush_soon();
  return caf::unit;
}

void directory_state::unpublish(const std::string& which) {
  const auto* known = model->published(which);
  if (!known)
    return;
  auto i = published.find(known->actor);
  if (i != published.end()) {
    i->second.names.erase(which);
    if (i->second.names.empty()) {
      self->demonitor(caf::actor_cast<caf::actor_addr>(i->second.actor));
      parts.carrier->withdraw(i->first);
      published.erase(i);
    }
  }
  model->unpublish(which);
  flush_soon();
}

void directory_state::actor_ended(caf::actor_id who) {
  auto ended = published.extract(who);
  if (ended.empty())
    return;
  parts.carrier->withdraw(who);
  for (const auto& each : ended.mapped().names)
    model->unpublish(each);
  flush_soon();
}

// -- finding

void directory_state::watch(const watch_names& x) {
  if (!x.watcher)
    return;
  // Announces pending changes first, because the snapshot contains only
  // announced names.
  if (flushing)
    flush();
  watchers.add(x, model->all());
}

unsigned directory_state::distance_of(peer_name who) const {
  auto i = hops.find(who);
  return i == hops.end() ? std::numeric_limits<unsigned>::max() : i->second;
}

found_names directory_state::lookup(const std::string& what) const {
  found_names result;
  for (const auto& x : model->all().lookup(what))
    result.all.push_back(describe_entry(what, x.of, &x.what));
  std::stable_sort(result.all.begin(), result.all.end(),
                   [this](const auto& x, const auto& y) {
                     return distance_of(x.peer) < distance_of(y.peer);
                   });
  return result;
}

caf::strong_actor_ptr
directory_state::handle_of(const published_name& x) const {
  const names::life of{x.peer, x.uid};
  if (of == model->all().self()) {
    auto i = published.find(x.actor);
    return i == published.end() ? nullptr : i->second.actor;
  }
  auto i = homes.find(of);
  return i == homes.end() ? nullptr
                          : parts.carrier->handle_of(i->second, x.actor);
}

caf::result<resolved_actors> directory_state::resolve(const resolve_name& x) {
  auto found = lookup(x.name).all;
  if (x.which == which_actor::any)
    std::shuffle(found.begin(), found.end(), rng);
  resolved_actors result;
  bool has_other_interface = false;
  for (const auto& each : found) {
    if (x.which == which_actor::at_peer && each.peer != x.peer)
      continue;
    if (!offers(each, x.interface)) {
      has_other_interface = true;
      continue;
    }
    if (auto actor = handle_of(each))
      result.all.push_back({each.peer, each.uid, std::move(actor)});
    if (x.which != which_actor::all && !result.all.empty())
      break;
  }
  if (result.all.empty())
    return make_error(errc::unknown_name,
                      escaped_in_quotes(x.name)
                        + (has_other_interface
                             ? " is published with another interface only"
                             : " is not published by a reachable peer"));
  return result;
}

caf::result<caf::strong_actor_ptr>
directory_state::spawn(const spawn_actor& x) {
  for (const auto& each : lookup(spawner_name(x.type)).all)
    if (each.peer == x.peer)
      if (auto spawner = handle_of(each))
        return self->delegate(caf::actor_cast<spawner_actor>(spawner),
                              caf::spawn_atom_v, x.type, x.arguments,
                              x.interface);
  auto home = homes.lower_bound({x.peer, peer_uid::none});
  if (home == homes.end() || home->first.peer != x.peer)
    return make_error(errc::no_route, "no reachable peer is " + x.peer.str());
  return make_error(errc::not_spawnable,
                    "the peer " + x.peer.str()
                      + " does not allow others to spawn actors of the type "
                      + escaped_in_quotes(x.type));
}

caf::result<actor_address>
directory_state::address_of(const caf::strong_actor_ptr& x) const {
  if (!x)
    return make_error(errc::bad_setting, "an actor is needed");
  auto home = life_of_node.find(x->node());
  if (home == life_of_node.end())
    return make_error(errc::no_route,
                      "no reachable peer has the node ID of actor "
                        + caf::to_string(x));
  const auto is_ours = home->second == model->all().self();
  if (is_ours && !parts.carrier->handle_of(x->node(), x->id()))
    return make_error(errc::bad_setting,
                      "peers may not address actor " + std::to_string(x->id())
                        + "; publish it, or send it to a peer, first");
  return actor_address{home->second.peer, home->second.uid, x->id()};
}

caf::result<resolved_actor>
directory_state::resolve(const actor_address& x) const {
  auto home = homes.find({x.peer, x.uid});
  if (home == homes.end()) {
    auto other = homes.lower_bound({x.peer, peer_uid::none});
    if (other != homes.end() && other->first.peer == x.peer)
      return make_error(errc::restarted,
                        "the peer " + x.peer.str() + " has been restarted");
    return make_error(errc::no_route, "no reachable peer is " + x.peer.str());
  }
  auto actor = parts.carrier->handle_of(home->second, x.actor);
  if (!actor && home->first != model->all().self())
    return make_error(errc::too_large,
                      "there are handles of actors of max_nodes other nodes "
                      "already");
  if (!actor)
    return make_error(errc::ended,
                      "no actor can be addressed as " + to_string(x));
  return resolved_actor{x.peer, x.uid, std::move(actor)};
}

directory_figures directory_state::figures() const {
  const auto& all = model->all();
  directory_figures result;
  result.documents = all.size();
  result.hidden = all.hidden();
  all.visit([&](const names::life&, const std::string&,
                const names::entry_map& xs) { result.names += xs.size(); });
  result.bytes = all.bytes();
  result.malformed = model->counters().malformed;
  result.beyond_limits = model->counters().beyond_limits;
  result.forged_versions = model->counters().forged_versions;
  return result;
}

} // namespace cafmesh
