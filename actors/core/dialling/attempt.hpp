#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// One attempt to reach a target: its addresses in turn, each after a head
/// start for the previous one, so that an address that does not answer hardly
/// delays the others. Lasts until a peer has introduced itself or all addresses
/// have failed. Pure.
class attempt {
public:
  /// A name may resolve to any number of addresses; the rest get their turn in
  /// a later attempt.
  static constexpr std::size_t most_addresses = 32;
  static constexpr std::chrono::milliseconds head_start{250};

  struct dial {
    std::string address;      ///< numeric, with port
    std::size_t password = 0; ///< the index of the one to introduce us with
  };

  /// @param addresses in the order in which to dial them
  attempt(const std::vector<std::string>& addresses, instant now);

  /// The next address whose turn has come.
  std::optional<dial> take_due(instant now);
  /// When `take_due` will return the next address; nullopt if none is left.
  std::optional<instant> next_due() const;

  /// The next address is due at once.
  void failed(const std::string& address, instant now);
  /// Dials the address again at once, with the next password.
  void failed_with_password(const dial& x, instant now);

  /// Whether every address has failed.
  bool is_over() const noexcept {
    return waiting_.empty() && running_.empty();
  }

private:
  std::deque<dial> waiting_;
  std::set<std::string> running_;
  instant next_;
};

} // namespace cafmesh
