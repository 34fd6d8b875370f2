#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// One attempt to reach a target. It dials the target's addresses in turn. If
/// an address has not answered after `head_start`, the next one is dialled as
/// well, so an address that never answers hardly delays the others. The attempt
/// lasts until a peer has introduced itself or all addresses have failed. Pure.
class attempt {
public:
  /// The maximum number of addresses in one attempt; a name may resolve to
  /// more. The other addresses get their turn in a later attempt.
  static constexpr std::size_t most_addresses = 32;
  static constexpr std::chrono::milliseconds head_start{250};

  struct dial {
    std::string address;      ///< numeric, with port
    std::size_t password = 0; ///< index of the password for the introduction
  };

  /// @param addresses in the order in which to dial them
  attempt(const std::vector<std::string>& addresses, instant now);

  /// The next address, if it is due.
  std::optional<dial> take_due(instant now);
  /// When `take_due` will return the next address; nullopt if none is left.
  std::optional<instant> next_due() const;

  /// To be called when a dial has failed. The next address is then due
  /// immediately.
  void failed(const std::string& address, instant now);
  /// To be called when the introduction with this password has failed. The
  /// address is then immediately due again, with the next password.
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
