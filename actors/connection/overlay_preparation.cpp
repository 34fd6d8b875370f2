#include "actors/connection/overlay_preparation.hpp"

#include <utility>

#include <caf/event_based_actor.hpp>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/errc.hpp>

// Asks the overlay for an overlay_connection. A separate actor does this,
// because the connection may end before the overlay answers.
namespace cafmesh {

namespace {

struct overlay_preparation_state {
  static inline const char* name = "cafmesh.overlay_preparation";
};

void overlay_preparation(caf::stateful_actor<overlay_preparation_state>* self,
                         const overlay_actor& overlay,
                         const prepare_overlay_connection& what,
                         const preparing_connection_actor& connection,
                         std::chrono::milliseconds patience) {
  auto hand_over = [self, overlay,
                    connection](overlay_connection_actor& prepared) {
    self->demonitor(overlay.address());
    auto end = [self, prepared](const caf::error&) {
      self->send_exit(prepared, caf::exit_reason::user_shutdown);
    };
    self->request(connection, caf::infinite, overlay_prepared{prepared})
      .then([] {}, end);
  };
  auto refuse = [self, overlay, connection](caf::error& why) {
    self->demonitor(overlay.address());
    self->send(connection, overlay_refused{std::move(why)});
    self->quit();
  };
  // An overlay that ends may leave the request unanswered.
  self->monitor(overlay);
  caf_version::on_down(
    self, [refuse](const caf::actor_addr&, const caf::error&) {
      auto why = make_error(errc::stopped, "the overlay has ended");
      refuse(why);
    });
  self->request(overlay, patience, what).then(hand_over, refuse);
}

} // namespace

caf::actor_addr spawn_overlay_preparation(
  caf::local_actor* parent, const overlay_actor& overlay,
  prepare_overlay_connection what, const preparing_connection_actor& connection,
  std::chrono::milliseconds patience) {
  return parent
    ->spawn(overlay_preparation, overlay, std::move(what), connection, patience)
    .address();
}

} // namespace cafmesh
