#include <utility>

#include "actors/connection/connection.hpp"
#include "actors/connection/connection_maker_state.hpp"
#include <cafmesh/errc.hpp>

// What the connection maker does when a lookup or a dial has a result, and when
// a connection is admitted or ends.
namespace cafmesh {

namespace {

close_if_not_admitted another_was_faster(const std::string& target) {
  return {make_error(errc::connection_closed,
                     "another address of " + target + " was faster")};
}

} // namespace

void connection_maker_state::lookup_failed(attempt_failed& x) {
  failed({x.target, x.target, 0, false}, x.why,
         plan->attempt_failed(x.target, x.why, now()));
  discover_and_dial();
}

// Logs a failed lookup or dial. If the target comes from another peer's record,
// the level is `debug`, because other peers could otherwise fill the log.
void connection_maker_state::failed(const targets::dial& what,
                                    const caf::error& why,
                                    targets::outcome result) {
  if (result == targets::outcome::next_password)
    return;
  auto is_news =
    plan->is_wanted(what.target) && !is(why, errc::multiple_connections);
  auto where = what.address == what.target ? "" : " at " + what.address;
  ctx->write(is_news ? log_level::info : log_level::debug,
             "[" + what.target + "] cannot be reached" + where + ": "
               + describe(why));
  gave_up(what.target, why, result);
}

void connection_maker_state::gave_up(const std::string& target,
                                     const caf::error& why,
                                     targets::outcome result) {
  if (result == targets::outcome::given_up)
    ctx->write(log_level::warning,
               "[" + target
                 + "] is given up until it is named again: " + describe(why));
}

void connection_maker_state::dialled(const connection_dialled& x) {
  auto [i, is_new] = connections.try_emplace(
    x.connection.address(), known_connection{x.id, x.what, false});
  if (is_new)
    self->monitor(x.connection);
  i->second.what = x.what;
  // The connection may be unwanted by now, because the dialler may have
  // finished just before it got our exit message.
  if (stopping)
    self->send_exit(x.connection, node_stopped());
  else if (is_new && plan->is_connected(x.what.target))
    self->send(x.connection, another_was_faster(x.what.target));
}

void connection_maker_state::added(const connection_admitted& x) {
  auto what = targets::dial{x.target, x.remote_address, 0, false};
  auto [i, is_new] = connections.try_emplace(
    x.connection.address(), known_connection{x.id, what, true});
  if (is_new)
    self->monitor(x.connection);
  i->second.is_admitted = true;
  plan->connection_added(x.id, x.target, x.remote_address);
  if (!x.target.empty())
    end_other_dials(x.target, x.id);
  discover_and_dial(); // a dial has ended, so another may start
}

void connection_maker_state::end_other_dials(const std::string& target,
                                             connection_id winner) {
  end_lookups_and_dials(&target);
  for_each_dialled([&](const connection_actor& to, const known_connection& x) {
    if (x.what.target == target && !x.is_admitted && x.id != winner)
      self->send(to, another_was_faster(target));
  });
}

void connection_maker_state::down(const caf::actor_addr& who,
                                  caf::error reason) {
  if (auto i = lookups_and_dials.find(who); i != lookups_and_dials.end()) {
    auto x = std::move(i->second.what);
    lookups_and_dials.erase(i);
    lookup_or_dial_ended(x, std::move(reason));
  } else if (auto j = connections.find(who); j != connections.end()) {
    auto x = std::move(j->second);
    connections.erase(j);
    connection_down(x, reason);
  }
  quit_when_alone();
}

// Handles the end of a lookup or a dialler. An error means that we ended the
// actor or that the actor threw. In both cases the target must be tried again.
void connection_maker_state::lookup_or_dial_ended(const targets::dial& what,
                                                  caf::error reason) {
  if (!reason)
    return;
  if (what.address.empty())
    plan->attempt_failed(what.target, std::move(reason), now());
  else
    plan->dial_failed(what, std::move(reason), now());
  discover_and_dial();
}

void connection_maker_state::connection_down(const known_connection& x,
                                             const caf::error& reason) {
  if (x.is_admitted || x.what.target.empty())
    gave_up(x.what.target, reason,
            plan->connection_ended(x.id, x.what.target, reason, now()));
  else if (plan->is_attempting(x.what.target))
    failed(x.what, reason,
           plan->introduction_failed(x.what, reason,
                                     ctx->passwords->get()->size(), now()));
  discover_and_dial();
}

} // namespace cafmesh
