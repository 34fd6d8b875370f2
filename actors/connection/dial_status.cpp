#include "actors/connection/dial_status.hpp"

#include <algorithm>
#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

dial_status status_of(const targets& plan, instant now) {
  dial_status result;
  result.wanted = plan.wanted();
  result.ended_connections = plan.ended();
  for (const auto& x : plan.status()) {
    target_status one;
    one.address = x.address;
    one.state = to_string(x.state);
    one.wanted = x.direct;
    if (x.next_try)
      one.next_try = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(*x.next_try - now, duration::zero()));
    if (x.last_error)
      one.last_error = describe(x.last_error);
    result.targets.push_back(std::move(one));
  }
  return result;
}

} // namespace cafmesh
