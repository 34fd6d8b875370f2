#include <algorithm>
#include <utility>

#include "actors/connection/connection_maker_state.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/core/limits/inbound_sources.hpp"

// Which targets the connection maker looks up and dials, and when.
namespace cafmesh {

namespace {

// The maximum number of dials at a time. Without a limit, dials could use up
// our descriptors.
constexpr std::size_t dials_at_once = 64;

// The minimum time between two requests to the topology for addresses. For each
// answer, the topology looks at the records of all peers.
constexpr std::chrono::milliseconds between_questions{250};

// The minimum time while degree control limits our connections. It is longer
// than `between_questions`, because a mesh of many peers changes often, but few
// of the changes matter to us.
constexpr std::chrono::seconds between_limited_questions{1};

// The addresses may change without a change of routes. So we ask the topology
// again after this time in any case.
constexpr std::chrono::seconds age_of_answers{10};

// The maximum number of dials at a time while the connection limit is reached,
// if some of the connections can make room.
constexpr std::size_t dials_over_the_limit = 4;

} // namespace

void connection_maker_state::discover_and_dial() {
  if (!running || stopping)
    return;
  if (ctx->config.discovery)
    ask_topology();
  dial();
}

void connection_maker_state::ask_topology() {
  auto t = now();
  auto is_stale =
    !asked || t - *asked >= age_of_answers || (ask_again && *ask_again <= t);
  if (asking || (!view_is_new && !is_stale))
    return schedule(ask_again);
  const duration pause =
    is_limited ? duration{between_limited_questions} : between_questions;
  if (asked && t - *asked < pause)
    return schedule(*asked + pause);
  asking = true;
  view_is_new = false;
  asked = t;
  ask_again.reset();
  get_discovered_addresses question{chosen_connections(), {}};
  if (is_limited)
    question.tried = plan->tried_discovered();
  self->request(ctx->topology, caf::infinite, std::move(question))
    .then(
      [this](const discovered_addresses& found) {
        asking = false;
        is_limited = found.is_limited;
        ask_again = found.again;
        plan->set_discovered(found.addresses);
        discover_and_dial();
      },
      [this](const caf::error&) { asking = false; });
}

std::vector<connection_id> connection_maker_state::chosen_connections() const {
  std::vector<connection_id> result;
  for (const auto& entry : connections)
    if (const auto& x = entry.second; x.is_admitted && !x.what.target.empty()
                                      && !plan->is_wanted(x.what.target))
      result.push_back(x.id);
  return result;
}

void connection_maker_state::dial() {
  for (auto& x : plan->due(room(), now(), room_for_named())) {
    ctx->write(log_level::debug, "[" + x.address + "] dialling");
    watch(spawn_lookup(self, ctx, x.address),
          targets::dial{x.address, {}, 0, x.may_be_new});
  }
  for (auto& x : plan->take_dials(now()))
    start_dialler(x);
  schedule(plan->next_due());
}

std::size_t connection_maker_state::room() const {
  std::size_t admitted = 0;
  for (const auto& x : connections)
    admitted += x.second.is_admitted ? 1u : 0u;
  auto limit = ctx->config.connection_limit;
  auto result = limit == 0 ? SIZE_MAX : limit > admitted ? limit - admitted : 0;
  return std::min(result, dials_at_once);
}

// The maximum number of dials to addresses of the user. The topology may make
// room for their connections, even if the connection limit is reached.
std::size_t connection_maker_state::room_for_named() const {
  if (ctx->config.connection_limit == 0)
    return 0;
  inbound_sources inbound;
  for (const auto& entry : connections)
    if (const auto& x = entry.second; x.is_admitted && x.what.target.empty())
      inbound.add(x.id, ip_of(x.what.address).value_or(ip_address{}));
  return inbound.to_close(2) ? dials_over_the_limit : 0;
}

void connection_maker_state::start_dialler(const targets::dial& what) {
  if (what.password > 0)
    ctx->write(log_level::debug, "[" + what.target + "] dialling with password "
                                   + std::to_string(what.password + 1));
  watch(spawn_dialler(self, ctx, what), what);
}

void connection_maker_state::watch(const timed_dialler_actor& x,
                                   targets::dial what) {
  self->monitor(x);
  lookups_and_dials.emplace(
    x.address(), under_way{x, std::move(what), now() + dial_timeout});
  if (!std::exchange(watching_dials, true))
    self->delayed_send(self, dial_timeout, check_dials{});
}

void connection_maker_state::end_long_dials() {
  watching_dials = false;
  auto t = now();
  std::optional<instant> next;
  for (const auto& [address, x] : lookups_and_dials)
    if (x.until > t)
      next = std::min(next.value_or(x.until), x.until);
    else
      self->send(x.actor, give_up{});
  if (!next)
    return;
  watching_dials = true;
  self->delayed_send(self, *next - t, check_dials{});
}

void connection_maker_state::schedule(std::optional<instant> due) {
  auto t = now();
  if (next_dial && *next_dial <= t)
    next_dial.reset();
  if (!due || (next_dial && *next_dial <= *due))
    return;
  next_dial = due;
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     scheduled_dial{});
}

} // namespace cafmesh
