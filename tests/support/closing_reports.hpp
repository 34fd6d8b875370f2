#pragma once

#include <cstddef>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/context/closing_parts.hpp"
#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// Counts which closed connections the topology of a node reports.
class closing_reports {
public:
  closing_reports(mesh& world, node& of) : world_(world) {
    reporter_ =
      world.system().spawn([this](closing_reporter_actor::pointer)
                             -> closing_reporter_actor::behavior_type {
        return {[this](const report_closing&) { ++reports; },
                [this](const withdraw_closing&) {
                  ++withdrawals;
                }};
      });
    world.ask<closing_listener_actor>(
      caf::actor_cast<closing_router_actor>(of.router()),
      report_closings_through{reporter_});
  }
  closing_reports(const closing_reports&) = delete;
  closing_reports& operator=(const closing_reports&) = delete;
  ~closing_reports() {
    caf::anon_send_exit(reporter_, caf::exit_reason::user_shutdown);
    world_.run();
  }

  std::size_t reports = 0;
  std::size_t withdrawals = 0;

private:
  mesh& world_;
  closing_reporter_actor reporter_;
};

} // namespace cafmesh::test
