#include "replicated.hpp"

namespace cafmesh {

template replicated_actor<grow_counter>
spawn_replicated(caf::actor_system&, router_actor, std::string, grow_counter);
template replicated_actor<lww_map>
spawn_replicated(caf::actor_system&, router_actor, std::string, lww_map);
template replicated_actor<grow_remove_set> spawn_replicated(caf::actor_system&,
                                                            router_actor,
                                                            std::string,
                                                            grow_remove_set);

} // namespace cafmesh
