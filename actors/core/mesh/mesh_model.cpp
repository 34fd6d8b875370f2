#include "actors/core/mesh/mesh_model.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/mesh_model_state.hpp"
#include <cafmesh/errc.hpp>

// The part of `mesh_model` that admits connections, and reports its views.
namespace cafmesh {

mesh_model::mesh_model(local_identity self, mesh_model_options options)
    : state_(std::make_unique<state>(std::move(self), std::move(options))) {
}

mesh_model::~mesh_model() = default;

mesh_model::mesh_model(mesh_model&&) noexcept = default;

mesh_model& mesh_model::operator=(mesh_model&&) noexcept = default;

// -- our own connections

caf::expected<admission>
mesh_model::add_connection(const connection_offer& offer, instant now,
                           mesh_model_effects& out) {
  auto& s = *state_;
  if (auto err = s.check_remote(offer))
    return err;
  auto name = offer.remote.name;
  if (auto other = s.connections.find(name); other != s.connections.end()) {
    auto& x = other->second;
    if (x.id == offer.id)
      return admission{};
    x.is_named |= offer.outbound && offer.may_be_new;
    // Both ends compare the same connection UIDs, so they favour the same
    // connection.
    out.contested = {x.id, x.remote_uid == offer.remote.uid, x.uid <= offer.uid,
                     x.remote_address};
    return make_error(errc::multiple_connections, "expected one connection to "
                                                    + name.str()
                                                    + ", got another");
  }
  if (auto limit = s.options.connection_limit;
      limit != 0 && s.connections.size() >= limit) {
    auto one = s.to_displace(offer);
    if (!one)
      return make_error(errc::connection_limit,
                        "expected at most " + std::to_string(limit)
                          + " connections, got one more, to " + name.str());
    out.displaced.push_back(*one);
    remove_connection(*one, now, out);
  }
  return s.admit(offer, now, out);
}

admission mesh_model::replace_connection(connection_id ended,
                                         const connection_offer& offer,
                                         instant now, mesh_model_effects& out) {
  auto& s = *state_;
  s.names_by_connection.erase(ended);
  auto result = s.admit(offer, now, out);
  // The peer may have lost what we sent over the old connection.
  result.new_peer = true;
  result.compare_later = false;
  return result;
}

bool mesh_model::establish_connection(connection_id id, instant now,
                                      mesh_model_effects& out) {
  auto& s = *state_;
  auto remote = s.names_by_connection.find(id);
  if (remote == s.names_by_connection.end())
    return false;
  auto& x = s.connections[remote->second];
  if (!std::exchange(x.established, true))
    s.connections_changed(now, out);
  return true;
}

void mesh_model::remove_connection(connection_id id, instant now,
                                   mesh_model_effects& out) {
  auto& s = *state_;
  auto remote = s.names_by_connection.find(id);
  if (remote == s.names_by_connection.end())
    return;
  const auto was_listed = !s.connections[remote->second].leaves_at;
  s.forget_connection(remote->second);
  s.names_by_connection.erase(remote);
  s.connections_changed(now, out, was_listed);
  s.collect(s.reachable.unreachable(), now, out);
}

std::size_t mesh_model::connection_count() const noexcept {
  return state_->connections.size();
}

// -- updates of other peers

void mesh_model::set_date(wall_time now) noexcept {
  state_->date = now;
}

caf::expected<applied_update>
mesh_model::apply_update(byte_view update, instant now, mesh_model_effects& out,
                         wanted_of_update wanted, peer_name from) {
  auto staged = state_->stage(update, from);
  if (!staged)
    return std::move(staged.error());
  return state_->apply(*staged, now, out, wanted, from);
}

// -- time

std::optional<instant> mesh_model::wake_at() const {
  auto result = state_->to_announce.due_at();
  auto add = [&result](std::optional<instant> x) {
    if (x && (!result || *x < *result))
      result = x;
  };
  add(state_->spreading.wake_at());
  for (const auto& name : state_->given_up_by_remote)
    add(state_->connections.at(name).leaves_at);
  if (auto grace_end = state_->reachable.first_grace_end())
    add(*grace_end + state_->options.collection_delay);
  return result;
}

void mesh_model::tick(instant now, mesh_model_effects& out) {
  auto& s = *state_;
  s.leave_with_remotes(now, out);
  auto limit = now - s.options.collection_delay;
  s.collect(s.reachable.expire(limit, s.known), now, out);
}

// -- views

routes_ptr mesh_model::current_routes() const {
  return state_->routes_now();
}

const local_identity& mesh_model::self() const noexcept {
  return state_->self;
}

std::vector<peer_record> mesh_model::records() const {
  std::vector<peer_record> result;
  auto& order = state_->known.by_name();
  result.reserve(order.size());
  for (auto who : order)
    if (state_->told_left.count(state_->known.summary(who).name) == 0)
      result.push_back(state_->known.record(who));
  return result;
}

std::optional<peer_summary> mesh_model::find(peer_name name) const {
  auto who = state_->known.find(name);
  if (who == peers::none)
    return std::nullopt;
  return state_->known.summary(who);
}

std::optional<peer_name> mesh_model::find(short_id alias) const {
  return state_->aliases.owner(alias);
}

} // namespace cafmesh
