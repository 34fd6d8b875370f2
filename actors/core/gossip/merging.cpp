#include "actors/core/gossip/merging.hpp"

#include <stdexcept>
#include <typeinfo>

#include "actors/core/gossip/relayed_data.hpp"

namespace cafmesh {

namespace {

gossip_data_ptr merge(const gossip_data& x, const gossip_data& y) {
  if (typeid(x) == typeid(y) || relayed_data::in(x))
    return x.merge(y);
  return relayed_data::of_messages(x)->merge(y);
}

} // namespace

gossip_data_ptr merged(const gossip_data_ptr& x, const gossip_data_ptr& y,
                       data_faults& faults) {
  return faults.guard(
    [&] {
      auto both = merge(*x, *y);
      if (!both)
        throw std::logic_error{"merging made nothing of it"};
      return both;
    },
    x);
}

} // namespace cafmesh
