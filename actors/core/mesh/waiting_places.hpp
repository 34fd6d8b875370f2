#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/ids.hpp>

namespace cafmesh {

/// Chooses which new connections may wait for the end of an existing connection
/// to a peer of the same name, and which of them then takes its place. Nothing
/// shows which connection is from the true peer. So each must have a chance,
/// however many connections somebody else opens. Each source (see
/// `ip_address::source`) gets one place. Chance decides between connections
/// from one source, and between sources if there are too many. If the host of
/// the existing connection is dead, the hosts of the new ones are probed in
/// turn.
class waiting_places {
public:
  static constexpr std::size_t most = 4;

  /// Where a connection comes from. A connection of a higher rank goes first.
  enum class rank : std::uint8_t {
    elsewhere,
    same_host, ///< as the existing connection
    of_user,   ///< we dialled an address that the user gave
  };

  /// @param from the remote address of the new connection
  /// @param existing the remote address of the existing connection
  /// @param for_user whether we dialled an address that the user gave
  static rank rank_of(const ip_address& from, const ip_address& existing,
                      bool for_user) noexcept;

  /// @returns the connection that gets or keeps no place, if any; it may be `x`
  std::optional<connection_id> add(connection_id x, const ip_address& from,
                                   rank how, std::uint64_t random);
  /// Ignores unknown connections.
  void remove(connection_id x);
  /// The connection that is to take the place of the existing one; nullopt if
  /// none waits. The connection that is being probed goes first.
  std::optional<connection_id> next(std::uint64_t random);

  /// Chooses the next connection to probe: one of the highest rank among those
  /// that were not probed yet. While a connection is being probed, chooses only
  /// one of a higher rank.
  std::optional<connection_id> ask(std::uint64_t random);
  /// Ends the probe, so that `ask` may choose any connection.
  void ask_no_more() noexcept {
    asked_.reset();
  }
  /// To be called if the connection's host is alive. The connection then goes
  /// first.
  void prefer(connection_id x) noexcept {
    asked_ = x;
  }
  bool is_asked(connection_id x) const noexcept {
    return asked_ == x;
  }
  /// Whether the connection is being probed, or will be.
  bool has_turn(connection_id x) const;

private:
  struct place {
    connection_id id{};
    ip_address source;
    rank how = rank::elsewhere;
    std::size_t tries = 1; // connections from this source so far
    bool was_asked = false;
  };

  void erase(connection_id x);
  template <class Predicate>
  place* one_of_best(std::uint64_t random, Predicate may);

  std::vector<place> all_;
  std::size_t sources_ = 0; // how many asked since a place was free
  std::optional<connection_id> asked_;
};

} // namespace cafmesh
