#include "tools/meshd/mesh/random_name.hpp"

#include <random>

namespace meshd {

cafmesh::peer_name random_name(cafmesh::name_flavour flavour) {
  std::random_device device;
  cafmesh::bytes raw(cafmesh::name_size(flavour));
  for (auto& x : raw)
    x = static_cast<std::uint8_t>(device());
  // Marks the name as locally administered, so that it differs from the address
  // of any network card.
  raw[0] = static_cast<std::uint8_t>((raw[0] & 0xfc) | 0x02);
  return *cafmesh::peer_name::from_bytes(raw, flavour);
}

} // namespace meshd
