#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// One attempt to reach a target, which may have several addresses. Dials them
/// in turn. If an address has not answered after `head_start`, the next address
/// is dialled as well. So an address that never answers hardly delays the
/// others. The attempt lasts until a peer has introduced itself or all
/// addresses have failed. Has no clock or sockets of its own.
class attempt {
public:
  /// The maximum number of addresses in one attempt. A name may resolve to
  /// more; a later attempt dials the others.
  static constexpr std::size_t most_addresses = 32;
  static constexpr std::chrono::milliseconds head_start{250};

  struct dial {
    std::string address;      ///< numeric, with port
    std::size_t password = 0; ///< index of the password for the introduction
  };

  /// @param addresses in the order in which to dial them
  attempt(const std::vector<std::string>& addresses, instant now);

  /// Removes and returns the next address if it is due; otherwise nullopt.
  std::optional<dial> take_due(instant now);
  /// When `take_due` will return the next address; nullopt if none is left.
  std::optional<instant> next_due() const;

  /// To be called when a dial has failed. The next address is then due
  /// immediately.
  void failed(const std::string& address, instant now);
  /// To be called when the introduction with `x.password` has failed. The
  /// address is then due immediately, with the next password.
  void failed_with_password(const dial& x, instant now);

  bool is_over() const noexcept {
    return waiting_.empty() && running_.empty();
  }

private:
  std::deque<dial> waiting_;
  std::set<std::string> running_;
  instant next_;
};

} // namespace cafmesh
