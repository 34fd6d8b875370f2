#include "actors/core/directory/key_home.hpp"

#include <tuple>

#include "actors/core/crdt/owner_name.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh::names {

std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among) {
  std::optional<life> result;
  std::tuple<std::uint64_t, std::uint64_t, peer_name> highest;
  for (const auto& x : among) {
    bytes pair;
    append_owner_name(pair, x.peer);
    wire::append_gob_run(pair, byte_view{key});
    const auto rank = fingerprint_of(pair);
    const std::tuple candidate{rank.high(), rank.low(), x.peer};
    if (!result || candidate > highest) {
      result = x;
      highest = candidate;
    }
  }
  return result;
}

} // namespace cafmesh::names
