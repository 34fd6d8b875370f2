#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Remembers failed dials to the addresses that host names resolved to. A
/// failure counts against the address, not the host name. It is forgotten after
/// `memory`, because another program may listen at that address later.
class failed_addresses {
public:
  static constexpr std::chrono::minutes memory{10};
  /// The maximum number of addresses. If there are more, the oldest failure is
  /// forgotten.
  static constexpr std::size_t most = 1024;

  void failed(const std::string& address, caf::error why, instant now);
  void succeeded(const std::string& address);

  /// The addresses in the order in which to dial them, without duplicates.
  /// Addresses without a failed dial come first, in the given order. The others
  /// follow, oldest failure first. Leaves out addresses that lead to ourselves
  /// or to a peer with our name.
  std::vector<std::string> in_order(const std::vector<std::string>& addresses,
                                    instant now);

  /// Why the latest dial to the address failed; an empty error if no failure is
  /// remembered.
  caf::error why(const std::string& address) const;

  std::size_t size() const noexcept {
    return all_.size();
  }

private:
  struct failure {
    instant when;
    caf::error why;
  };

  void forget_before(instant limit);

  std::map<std::string, failure> all_;
};

} // namespace cafmesh
