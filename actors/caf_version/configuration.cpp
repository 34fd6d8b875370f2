#include "actors/caf_version/configuration.hpp"

#include <utility>

#include <caf/message.hpp>

#include <cafmesh/errc.hpp>

// Reaches protected members of CAF's configuration through a derived class.
namespace cafmesh::caf_version {

namespace {

struct opened : caf::actor_system_config {
  static caf::config_option_set& options(caf::actor_system_config& x) {
    return x.*(&opened::custom_options_);
  }
  static const caf::config_option_set&
  options(const caf::actor_system_config& x) {
    return x.*(&opened::custom_options_);
  }
};

constexpr auto our_category = caf::atom("cafmesh");

} // namespace

caf::config_option_set& options_of(caf::actor_system_config& x) {
  return opened::options(x);
}

const caf::config_option_set& options_of(const caf::actor_system_config& x) {
  return opened::options(x);
}

void render_errors(caf::actor_system_config& x,
                   std::shared_ptr<const void> kept_alive) {
  x.add_error_category(our_category, [kept = std::move(kept_alive)](
                                       std::uint8_t code, caf::atom_value,
                                       const caf::message& context) {
    return describe(caf::error{code, our_category, context});
  });
}

} // namespace cafmesh::caf_version
