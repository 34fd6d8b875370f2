#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include <caf/actor_cast.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/connection/connection_maker.hpp"
#include "actors/connection/dialler.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/dialling/targets.hpp"
#include <cafmesh/instant.hpp>

/// The state of the connection maker, for use in `connection_maker*.cpp` only:
/// - `connection_maker.cpp`: message handlers, start and stop
/// - `connection_maker_dialling.cpp`: starting lookups and dials
/// - `connection_maker_results.cpp`: results of lookups and dials, and the ends
///   of connections
namespace cafmesh {

// connection_maker -> itself
struct scheduled_dial {};
struct check_dials {}; // look for lookups and dials that take too long

using maker_interface =
  connection_maker_actor::extend<caf::reacts_to<scheduled_dial>,
                                 caf::reacts_to<check_dials>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::scheduled_dial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_dials)

namespace cafmesh {

struct connection_maker_state {
  explicit connection_maker_state(maker_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.connection_maker";

  void start(context_ptr context);
  void discover_and_dial();
  void ask_topology();
  /// Our connections to addresses that the user has not named.
  std::vector<connection_id> chosen_connections() const;
  void dial();
  std::size_t room() const;
  std::size_t room_for_named() const;
  void start_dialler(const targets::dial& what);
  void watch(const timed_dialler_actor& x, targets::dial what);
  void end_long_dials();
  void schedule(std::optional<instant> due);
  void lookup_failed(attempt_failed& x);
  void failed(const targets::dial& what, const caf::error& why,
              targets::outcome result);
  void gave_up(const std::string& target, const caf::error& why,
               targets::outcome result);
  void dialled(const connection_dialled& x);
  void added(const connection_admitted& x);
  void end_other_dials(const std::string& target, connection_id winner);
  void down(const caf::actor_addr& who, caf::error reason);
  struct known_connection;
  void lookup_or_dial_ended(const targets::dial& what, caf::error reason);
  void connection_down(const known_connection& x, const caf::error& reason);
  template <class F>
  void for_each_dialled(F f);
  template <class Message>
  void tell_dialled(Message what);
  void end_lookups_and_dials(const std::string* only_of);
  void refuse();
  void stop();
  void quit_when_alone();

  instant now() const {
    return self->clock().now();
  }

  maker_interface::pointer self;
  context_ptr ctx;
  std::optional<targets> plan;
  bool running = false;
  bool stopping = false;
  bool asking = false; // whether a question to the topology is open
  bool view_is_new = true;
  std::optional<instant> asked;
  bool is_limited = false; // whether degree control limits us
  std::optional<instant> ask_again;
  std::optional<instant> next_dial;

  struct known_connection {
    connection_id id;
    targets::dial what; // no target if inbound
    bool is_admitted = false;
  };
  std::unordered_map<caf::actor_addr, known_connection> connections;
  struct under_way {
    timed_dialler_actor actor; // nothing else keeps it alive
    targets::dial what;        // a lookup has a target but no address
    instant until;             // when to give up
  };
  std::unordered_map<caf::actor_addr, under_way> lookups_and_dials;
  bool watching_dials = false; // whether a check_dials is on its way
};

// Calls `f` for the connections that we dialled; inbound ones belong to the
// acceptor.
template <class F>
void connection_maker_state::for_each_dialled(F f) {
  for (const auto& x : connections)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first);
        ptr && !x.second.what.target.empty())
      f(caf::actor_cast<connection_actor>(ptr), x.second);
}

template <class Message>
void connection_maker_state::tell_dialled(Message what) {
  for_each_dialled(
    [this, what](const connection_actor& x, const known_connection&) {
      self->send(x, what);
    });
}

} // namespace cafmesh
