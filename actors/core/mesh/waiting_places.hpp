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
/// between those that come from the same one, or from too many. If the host of
/// the existing one is dead, they are asked in turn whether theirs is alive.
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

  /// @param existing where the existing connection leads
  /// @param for_user whether we dialled the new one at an address of the user
  static rank rank_of(const ip_address& from, const ip_address& existing,
                      bool for_user) noexcept;

  /// @param random a random number
  /// @returns the connection without a place, which may be the new one
  std::optional<connection_id> add(connection_id x, const ip_address& from,
                                   rank how, std::uint64_t random);
  /// Ignores unknown connections.
  void remove(connection_id x);
  /// The connection that is to take the place of the existing one; nullopt if
  /// none waits. The one that is asked goes first.
  std::optional<connection_id> next(std::uint64_t random);

  /// Chooses the connection to ask: one of the highest rank that was not asked
  /// yet, but while another one is asked only one of a higher rank.
  std::optional<connection_id> ask(std::uint64_t random);
  /// Another connection may be asked now.
  void ask_no_more() noexcept {
    asked_.reset();
  }
  /// Its host is alive, so it goes first.
  void prefer(connection_id x) noexcept {
    asked_ = x;
  }
  bool is_asked(connection_id x) const noexcept {
    return asked_ == x;
  }
  /// Whether it is asked, or its turn is to come.
  bool has_turn(connection_id x) const;

private:
  struct place {
    connection_id id{};
    ip_address source;
    rank how = rank::elsewhere;
    std::size_t tries = 1; // the connections that came from this source
    bool was_asked = false;
  };

  void erase(connection_id x);
  template <class Predicate>
  place* one_of_best(std::uint64_t random, Predicate may);

  std::vector<place> all_;
  std::size_t sources_ = 0; // the places wanted since one was free
  std::optional<connection_id> asked_;
};

} // namespace cafmesh
