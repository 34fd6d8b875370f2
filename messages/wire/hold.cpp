#include "messages/wire/hold.hpp"

#include <cafmesh/gossiping.hpp>

namespace cafmesh::wire {

void append_hold(bytes& out, const hold& x) {
  out.push_back(x.on ? 1 : 0);
  out.insert(out.end(), x.channel.begin(), x.channel.end());
}

std::optional<hold> read_hold(byte_view payload) noexcept {
  if (payload.size() == 0 || payload[0] > 1
      || payload.size() - 1 > max_channel_name_size)
    return {};
  return hold{payload[0] == 1, payload.sub(1).as_text()};
}

} // namespace cafmesh::wire
