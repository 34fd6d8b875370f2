#include "actors/caf_version/lifetime.hpp"

#include <caf/atom.hpp>
#include <caf/sec.hpp>

namespace cafmesh::caf_version {

bool receiver_has_ended(const caf::error& why) {
  return why == caf::sec::request_receiver_down
         || why == caf::sec::runtime_error
         || why.category() == caf::atom("exit");
}

} // namespace cafmesh::caf_version
