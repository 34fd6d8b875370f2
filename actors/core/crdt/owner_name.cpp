#include "actors/core/crdt/owner_name.hpp"

#include "messages/wire/gob.hpp"

namespace cafmesh {

namespace {

// A name on the wire does not say its flavour. The reader tells the flavour by
// the size of the name, so no two flavours may have the same size.
constexpr bool sizes_differ() noexcept {
  for (auto x : all_name_flavours)
    for (auto y : all_name_flavours)
      if (x != y && name_size(x) == name_size(y))
        return false;
  return true;
}
static_assert(sizes_differ());

} // namespace

void append_owner_name(bytes& out, peer_name x) {
  wire::append_gob_uint(out, x.size());
  x.append_to(out);
}

peer_name read_owner_name(byte_view run) {
  for (auto x : all_name_flavours)
    if (name_size(x) == run.size())
      return peer_name::read_from(run.data(), x);
  return {};
}

} // namespace cafmesh
