#include "actors/caf_version/node_identity.hpp"

#include <random>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config.hpp>
#include <caf/node_id.hpp>

// The code below sets a private member of CAF's actor system.
static_assert(CAF_VERSION == 1706, "check how this version of CAF sets, "
                                   "copies and compares node IDs");

namespace cafmesh::caf_version {

namespace {

// C++ does not check access rules in the arguments of an explicit
// instantiation. So the instantiation below can name the private member
// `node_`.
caf::node_id& node_of(caf::actor_system& system);

template <caf::node_id caf::actor_system::*Member>
struct access_to_node {
  friend caf::node_id& node_of(caf::actor_system& system) {
    return system.*Member;
  }
};

template struct access_to_node<&caf::actor_system::node_>;

caf::node_id random_node() {
  caf::node_id::default_data::host_id_type host;
  std::random_device device;
  for (auto& x : host)
    x = static_cast<std::uint8_t>(device());
  return caf::make_node_id(static_cast<std::uint32_t>(getpid()), host);
}

// A module that sets the node ID. CAF initialises modules before it spawns its
// own actors, in the order of the modules' IDs. So this module replaces the
// node ID of `caf::io` before any actor has the old ID.
class identity : public caf::actor_system::module {
public:
  explicit identity(caf::actor_system& system) : system_(system) {
  }
  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>) {
    return new identity(system);
  }

  void init(caf::actor_system_config&) override {
    node_of(system_) = random_node();
  }
  void start() override {
  }
  void stop() override {
  }
  id_t id() const override {
    return network_manager; // this version of CAF does not use this ID
  }
  void* subtype_ptr() override {
    return this;
  }

private:
  caf::actor_system& system_;
};

} // namespace

void give_identity(caf::actor_system_config& config) {
  config.load<identity>();
}

bool has_identity(const caf::actor_system& system) {
  return system.has_network_manager() && system.node() != caf::none;
}

} // namespace cafmesh::caf_version
