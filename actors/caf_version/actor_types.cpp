#include "actors/caf_version/actor_types.hpp"

#include <algorithm>
#include <exception>

#include <caf/actor_config.hpp>
#include <caf/actor_factory.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh::caf_version {

namespace {

caf::error failed(const std::string& type, const std::string& why) {
  return make_error(errc::spawn_failed,
                    "an actor of the type " + escaped_in_quotes(type) + why);
}

caf::actor_factory_result make(caf::execution_unit& on, const std::string& type,
                               caf::message& arguments) {
  const auto& known = on.system().config().actor_factories;
  auto found = known.find(type);
  caf::actor_config config{&on};
  return found == known.end() ? caf::actor_factory_result{}
                              : found->second(config, arguments);
}

} // namespace

bool is_actor_type(const caf::actor_system& system, const std::string& name) {
  return system.config().actor_factories.count(name) != 0;
}

caf::expected<caf::strong_actor_ptr>
spawn_by_name(caf::execution_unit& on, const std::string& type,
              caf::message& arguments, const std::set<std::string>& interface) {
  caf::actor_factory_result made;
  try {
    made = make(on, type, arguments);
  } catch (const std::exception& x) {
    return failed(type, std::string{" was not made: "} + x.what());
  } catch (...) {
    return failed(type, " was not made: its constructor threw something");
  }
  auto& [actor, offered] = made;
  if (!actor)
    return failed(type, " does not take these arguments");
  if (!std::includes(offered.begin(), offered.end(), interface.begin(),
                     interface.end())) {
    tell_to_end(caf::actor_cast<caf::actor_addr>(actor),
                caf::exit_reason::kill);
    return failed(type, " has another interface");
  }
  return actor;
}

} // namespace cafmesh::caf_version
