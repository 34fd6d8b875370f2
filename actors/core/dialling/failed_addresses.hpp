#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// What failed dials have taught about the addresses that names stand for. It
/// is held against the address, not the name, and for a bounded time, since
/// another program may listen there later. Pure.
class failed_addresses {
public:
  static constexpr std::chrono::minutes memory{10};
  static constexpr std::size_t most = 1024; ///< beyond it the oldest is lost

  void failed(const std::string& address, caf::error why, instant now);
  void succeeded(const std::string& address);

  /// The addresses in the order in which to dial them, without duplicates:
  /// those that have not failed as they come, then the others, the one that
  /// failed first before. Without those that are ourselves or a peer with our
  /// name.
  std::vector<std::string> in_order(const std::vector<std::string>& addresses,
                                    instant now);

  /// Why the address failed last; no error if that is not known.
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
