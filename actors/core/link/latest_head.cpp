#include "actors/core/link/latest_head.hpp"

#include <utility>

namespace cafmesh {

void latest_head::make(const std::string& channel, const outgoing& x) {
  bytes head;
  wire::append_message_head(x.tag, channel, x.source, x.destination,
                            x.data.size(), head);
  known fresh{channel,       x.tag,         x.source,
              x.destination, x.data.size(), std::move(head)};
  if (known_)
    *known_ = std::move(fresh);
  else
    known_ = std::make_unique<known>(std::move(fresh));
}

} // namespace cafmesh
