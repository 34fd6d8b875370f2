#include "tools/meshd/process/identity.hpp"

#include "tools/meshd/mesh/random_name.hpp"

namespace meshd {

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
