#include <cafmesh/errc.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/router.hpp>

// Stubs for the functions that start nodes and write logs. With them, the fuzz
// target that reads settings links without actors and spdlog.
namespace cafmesh {

namespace {

class no_log : public log_sink {
public:
  void write(log_level, std::string_view) override {
    // nobody reads it
  }
};

} // namespace

log_sink_ptr make_spdlog_sink() {
  return std::make_shared<no_log>();
}

caf::expected<router_actor> spawn_router(caf::actor_system&, settings,
                                         transport_ptr, log_sink_ptr,
                                         overlay_actor) {
  return make_error(errc::stopped, "there are no nodes here");
}

} // namespace cafmesh
