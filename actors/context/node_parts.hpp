#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/log.hpp>

namespace cafmesh {

/// Lists the actors of one node until they end. When the router ends, all
/// others are told to end. An end by `exit_reason::kill` or an exception is
/// logged, unless the router logs it. May be used from any thread.
class node_parts : public std::enable_shared_from_this<node_parts> {
public:
  /// Who logs the end of an actor: this object, or the router. In the second
  /// case, the router monitors the actor.
  enum class logged_by { parts, router };

  struct part {
    std::string what; ///< kind and distinguishing details
    caf::actor_addr address;
  };

  /// To be called before the first actor is added.
  /// @param log receives the lines about all actors
  void set_log(log_sink_ptr log) {
    log_ = std::move(log);
  }

  /// To be called once for each actor that the node spawns. After `end_all` or
  /// the end of the router, an added actor is immediately told to end.
  /// @returns `x`
  template <class Handle>
  Handle add(Handle x, std::string what, logged_by who = logged_by::parts) {
    auto number = enter({std::move(what), x.address()}, who);
    caf_version::on_end(
      x, [self = shared_from_this(), number](const caf::error& why) {
        self->leave(number, why);
      });
    return x;
  }

  /// Makes all actors in the list end when this router ends.
  template <class Handle>
  void add_router(const Handle& x) {
    caf_version::on_end(x, [self = shared_from_this()](const caf::error& why) {
      self->router_ended(why);
    });
  }

  /// Makes the application's overlay actor end when the router ends.
  void add_overlay(caf::actor_addr x) {
    std::lock_guard<std::mutex> guard{mutex_};
    overlay_ = std::move(x);
  }

  /// Tells every actor to end, including those that are added later.
  void end_all();

  /// The actors that have not ended, oldest first.
  std::vector<part> all() const;

private:
  struct entry {
    part self;
    logged_by who = logged_by::parts;
  };

  std::uint64_t enter(part x, logged_by who);
  void leave(std::uint64_t number, const caf::error& why);
  void router_ended(const caf::error& why);

  log_sink_ptr log_;
  mutable std::mutex mutex_;
  bool ended_ = false;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, entry> parts_;
  caf::actor_addr overlay_;
};

} // namespace cafmesh
