#include "actors/core/gossip/sending_pace.hpp"

#include <algorithm>

namespace cafmesh {

duration sending_pace::sent(instant now) {
  if (now - latest_ >= quiet) {
    in_a_row_ = 0;
    pause_ = {};
  }
  latest_ = now;
  if (in_a_row_ < at_once)
    ++in_a_row_;
  else
    pause_ = std::clamp(2 * pause_, shortest, longest);
  return pause_;
}

} // namespace cafmesh
