#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/ids.hpp>

namespace cafmesh {

/// Which connections may wait for the end of an existing one to a peer of the
/// same name, and which of them takes its place. Nothing shows which one is
/// from the true peer, so all have a chance, however many somebody else dials:
/// each source (see `ip_address::source`) has one place, and chance decides
/// between those that come from the same one, or from too many.
class waiting_places {
public:
  /// The most places.
  static constexpr std::size_t most = 4;

  /// Where a connection comes from. One of a higher rank goes first.
  enum class rank : std::uint8_t {
    elsewhere,
    same_host, ///< as the existing connection
    of_user,   ///< we dialled an address that the user gave
  };

  /// @param random a random number
  /// @returns the connection without a place, which may be the new one
  std::optional<connection_id> add(connection_id x, const ip_address& from,
                                   rank how, std::uint64_t random);
  /// Ignores unknown connections.
  void remove(connection_id x);
  /// The connection that is to take the place of the existing one; nullopt if
  /// none waits.
  std::optional<connection_id> next(std::uint64_t random) const;

private:
  struct place {
    connection_id id{};
    ip_address source;
    rank how = rank::elsewhere;
    std::size_t tries = 1; // the connections that came from this source
  };

  std::vector<place> all_;
  std::size_t sources_ = 0; // the places that were wanted
};

} // namespace cafmesh
