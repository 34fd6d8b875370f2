#include "tools/meshd/process/identity.hpp"

#include <random>

#include <cafmesh/peer_name.hpp>

// The name that a peer keeps from one life to the next.
namespace meshd {

namespace {

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

} // namespace

std::string settle_name(const state_folder& state, cafmesh::settings& mesh) {
  constexpr char file[] = "name";
  if (mesh.name || !state.is_open())
    return {};
  auto kept = state.read(file);
  if (!kept.empty()) {
    auto name = cafmesh::peer_name::parse(kept, mesh.flavour);
    if (!name)
      return state.path(file) + " has no name of flavour "
             + to_string(mesh.flavour)
             + "; use the name-flavour of before, or remove the file";
    mesh.name = *name;
    return {};
  }
  mesh.name = random_name(mesh.flavour);
  return state.write(file, mesh.name->str());
}

} // namespace meshd
