#include <cafmesh/name_pool.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/any_request.hpp"
#include "actors/caf_version/lifetime.hpp"
#include "actors/core/directory/pool_choice.hpp"
#include "actors/directory/directory.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/instant.hpp>

// A pool: an actor that spreads requests over all actors with one name.
namespace cafmesh {

/// pool -> itself: ask the directory for the members again.
struct find_members_again {};

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::find_members_again)

namespace cafmesh {

namespace {

using names::pool_choice;

// After losing a member, the pool pauses before it asks for its members again,
// because the lost member may still be published. An unreachable peer keeps its
// names, and the error that counted as a loss may have come from another actor.
// The pause doubles with each search, and is short again after some time
// without losses.
constexpr std::chrono::seconds first_pause{1};
constexpr std::chrono::seconds longest_pause{64};

pool_choice::policy policy_of(pool_policy x) {
  switch (x) {
  case pool_policy::round_robin:
    return pool_choice::policy::round_robin;
  case pool_policy::least_outstanding:
    return pool_choice::policy::least_outstanding;
  case pool_policy::nearest:
    break;
  }
  return pool_choice::policy::nearest;
}

// Whether this error means that the member has ended or its peer has departed.
// The pool may get the error before the down message. If the peer had departed
// before the request was sent, no down message follows.
bool member_is_gone(const caf::error& why) {
  return caf_version::receiver_has_ended(why) || is(why, errc::ended)
         || is(why, errc::restarted) || is(why, errc::left)
         || is(why, errc::unreachable);
}

// The error for the unanswered requests to a member that is down. A member's
// own exit reason is not passed on to the requesters.
caf::error why_unanswered(const caf::error& why_down) {
  for (auto code : {errc::ended, errc::restarted, errc::left, errc::unreachable,
                    errc::stopped})
    if (is(why_down, code))
      return why_down;
  return make_error(caf::sec::request_receiver_down);
}

/// A request that waits for an answer from a member.
struct pooled_request {
  caf::message what;
  caf::response_promise promise;
  pool_choice::key member = 0;
  std::size_t tries = 0;
  instant sent{}; // when it was last sent
  bool is_idempotent = false;
};

using monitor = caf_version::scoped_monitor<caf::event_based_actor>;

/// An actor to which the pool sends requests. After its name has been
/// unpublished and published again, the pool may hold two members for the same
/// actor. They share one monitor.
struct pool_member {
  caf::strong_actor_ptr actor;
  std::shared_ptr<monitor> while_member;
};

struct name_pool_state {
  explicit name_pool_state(caf::event_based_actor* self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.pool";

  void start(directory_actor from, std::string which, pool_options with);
  auto request_members();
  void ask_for_members();
  void find_lost_members();
  void members_are(const resolved_actors& xs);
  pool_member make_member(const caf::strong_actor_ptr& x) const;
  void somebody_down(const caf::actor_addr& who, const caf::error& why);
  void arrived(caf::message x);
  void give_up_oldest();
  void send(pooled_request x);
  void answered(std::uint64_t number, caf::message x);
  void failed(pooled_request x, caf::message error);
  caf::error nobody() const;

  caf::event_based_actor* self;
  directory_actor directory;
  std::optional<monitor> while_directory_lives;
  std::string published_as;
  pool_options options;
  pool_choice choice{pool_choice::policy::nearest};
  std::map<pool_choice::key, pool_member> members;
  std::map<std::uint64_t, pooled_request> waiting;
  std::uint64_t last_number = 0;
  actor_carrier_ptr carrier; // null if the directory has ended
  bool is_looking = false;   // whether find_members_again is on its way
  duration pause = first_pause;
  instant lost_at{};
};

auto name_pool_state::request_members() {
  return self->request(directory, caf::infinite,
                       resolve_name{published_as, which_actor::all, {}, {}});
}

void name_pool_state::start(directory_actor from, std::string which,
                            pool_options with) {
  directory = std::move(from);
  published_as = std::move(which);
  options = std::move(with);
  choice = pool_choice{policy_of(options.policy)};
  caf_version::on_down(
    self, [this](const caf::actor_addr& who, const caf::error& why) {
      somebody_down(who, why);
    });
  caf_version::on_any_message(
    self, [this](caf::message x) { arrived(std::move(x)); });
  while_directory_lives.emplace(self, directory);
  self->send(directory, watch_names{published_as, false,
                                    caf::actor_cast<name_watcher_actor>(self)});
  if (options.policy == pool_policy::nearest)
    self->send(caf::actor_cast<caf::actor>(directory),
               watch_distances{caf::actor{self}});
  // `await` makes requests wait until the pool knows its first members.
  auto find_first = [this] {
    request_members().await(
      [this](const resolved_actors& xs) { members_are(xs); },
      [this](const caf::error&) { members_are({}); });
  };
  self
    ->request(caf::actor_cast<carrier_source_actor>(directory), caf::infinite,
              get_carrier{})
    .await(
      [this, find_first](actor_carrier_ptr& x) {
        carrier = std::move(x);
        find_first();
      },
      [find_first](const caf::error&) { find_first(); });
}

// -- members

void name_pool_state::ask_for_members() {
  request_members().then([this](const resolved_actors& xs) { members_are(xs); },
                         [this](const caf::error&) { members_are({}); });
}

void name_pool_state::find_lost_members() {
  const auto now = self->clock().now();
  if (now - lost_at > 2 * longest_pause)
    pause = first_pause;
  lost_at = now;
  if (std::exchange(is_looking, true))
    return;
  self->delayed_send(self, pause, find_members_again{});
  pause = std::min<duration>(2 * pause, longest_pause);
}

void name_pool_state::members_are(const resolved_actors& xs) {
  std::vector<pool_choice::member> found;
  for (const auto& x : xs.all)
    found.push_back({{x.peer, x.uid}, x.actor->id()});
  for (auto [place, key] : choice.set_members(found))
    members[key] = make_member(xs.all[place].actor);
  // Keeps members that no longer have the name until they have answered all
  // their requests.
  std::set<pool_choice::key> needed;
  for (auto key : choice.keys())
    needed.insert(key);
  for (const auto& [number, x] : waiting)
    needed.insert(x.member);
  for (auto i = members.begin(); i != members.end();)
    i = needed.count(i->first) > 0 ? std::next(i) : members.erase(i);
}

pool_member name_pool_state::make_member(const caf::strong_actor_ptr& x) const {
  for (const auto& [key, known] : members)
    if (known.actor == x)
      return known;
  return {x, std::make_shared<monitor>(self, x)};
}

void name_pool_state::somebody_down(const caf::actor_addr& who,
                                    const caf::error& why) {
  if (who == directory)
    return self->quit(why);
  std::vector<pooled_request> lost;
  for (auto i = members.begin(); i != members.end();) {
    if (caf::actor_cast<caf::actor_addr>(i->second.actor) != who) {
      ++i;
      continue;
    }
    choice.remove(i->first);
    find_lost_members();
    for (auto j = waiting.begin(); j != waiting.end();) {
      const bool is_lost = j->second.member == i->first;
      if (is_lost)
        lost.push_back(std::move(j->second));
      j = is_lost ? waiting.erase(j) : std::next(j);
    }
    i = members.erase(i);
  }
  for (auto& x : lost)
    failed(std::move(x), caf::make_message(why_unanswered(why)));
}

// -- requests

caf::error name_pool_state::nobody() const {
  return make_error(errc::unknown_name,
                    escaped_in_quotes(published_as)
                      + " is not published by a reachable peer");
}

void name_pool_state::arrived(caf::message x) {
  if (!caf_version::is_request(self)) {
    if (auto key = choice.choose()) {
      choice.done(*key);
      caf_version::forward_any(self, members.at(*key).actor, std::move(x));
    } else if (carrier) {
      carrier->drop(x, make_error(errc::no_route, "the pool has no actors"));
    }
    return;
  }
  pooled_request next;
  next.promise = self->make_response_promise();
  if (waiting.size() >= options.max_outstanding)
    give_up_oldest();
  if (waiting.size() >= options.max_outstanding) {
    next.promise.deliver(make_error(errc::congested, "the pool is full"));
    return;
  }
  next.is_idempotent = options.is_idempotent && options.is_idempotent(x);
  next.what = std::move(x);
  send(std::move(next));
}

void name_pool_state::give_up_oldest() {
  auto oldest = waiting.begin();
  if (oldest == waiting.end()
      || self->clock().now() - oldest->second.sent < options.answer_limit)
    return;
  auto x = std::move(oldest->second);
  waiting.erase(oldest);
  choice.done(x.member);
  x.promise.deliver(make_error(errc::timed_out,
                               "the pool is full, and the actor has not "
                               "answered within the pool's answer_limit"));
}

void name_pool_state::send(pooled_request x) {
  auto key = choice.choose();
  if (!key) {
    x.promise.deliver(nobody());
    return;
  }
  const auto number = ++last_number;
  x.member = *key;
  ++x.tries;
  x.sent = self->clock().now();
  auto what = x.what;
  if (!x.is_idempotent)
    x.what = {}; // the content will not be sent again
  waiting.emplace(number, std::move(x));
  caf_version::request_any(self, members.at(*key).actor, std::move(what),
                           [this, number](caf::message answer) {
                             answered(number, std::move(answer));
                           });
}

void name_pool_state::answered(std::uint64_t number, caf::message x) {
  auto found = waiting.extract(number);
  if (found.empty())
    return; // the member has ended, or the request was abandoned
  choice.done(found.mapped().member);
  if (x.match_elements<caf::error>() && member_is_gone(x.get_as<caf::error>(0)))
    return failed(std::move(found.mapped()), std::move(x));
  found.mapped().promise.deliver(std::move(x));
}

void name_pool_state::failed(pooled_request x, caf::message error) {
  choice.remove(x.member);
  find_lost_members();
  if (x.is_idempotent && x.tries < options.max_tries && choice.size() > 0)
    return send(std::move(x));
  x.promise.deliver(std::move(error));
}

caf::behavior name_pool_behavior(caf::stateful_actor<name_pool_state>* self,
                                 const directory_actor& directory,
                                 const std::string& name,
                                 const pool_options& options) {
  auto st = &self->state;
  st->start(directory, name, options);
  return {
    [st](const names_changed&) { st->ask_for_members(); },
    [st](distances_changed) { st->ask_for_members(); },
    [st](find_members_again) {
      st->is_looking = false;
      st->ask_for_members();
    },
  };
}

} // namespace

caf::actor spawn_name_pool(caf::actor_system& system, directory_actor directory,
                           std::string name, pool_options options) {
  return system.spawn(name_pool_behavior, std::move(directory), std::move(name),
                      std::move(options));
}

} // namespace cafmesh
