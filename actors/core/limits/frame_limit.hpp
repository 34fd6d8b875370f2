#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits the memory for frames that authenticated remotes have begun but not
/// finished. The first `for_each` bytes of each connection do not count. If all
/// other bytes together exceed `for_all`, one connection is closed. To choose
/// it, the age of each connection's frame is multiplied by the bytes of all
/// frames from its source, and the connection with the greatest product is
/// closed. So a member that fills the limit loses its own connections, whether
/// it uses many sources or one source with young frames. Honest peers have time
/// to finish their frames. A source is an `ip_address::source`. Has no clock of
/// its own.
class frame_limit {
public:
  static constexpr std::size_t for_each = 64 * 1024; ///< in bytes
  static constexpr std::size_t usual_limit = 256 * 1024 * 1024;

  explicit frame_limit(std::size_t for_all = usual_limit) noexcept
      : for_all_(for_all) {
  }

  /// Notes that a connection holds `size` bytes for a frame.
  /// @param begun when the frame began
  /// @returns the connections to close, which no longer count
  std::vector<connection_id> hold(connection_id who, const ip_address& from,
                                  std::size_t size, instant begun, instant now);
  /// To be called when the connection has ended. Ignores unknown connections.
  void release(connection_id who);

  /// The number of bytes that count towards `for_all`.
  std::size_t taken() const noexcept {
    return taken_;
  }

private:
  using address = ip_address::raw_bytes;
  struct frame {
    address from;
    std::size_t size;
    instant begun;
  };

  connection_id choose(instant now) const;

  const std::size_t for_all_;
  std::size_t taken_ = 0;
  std::map<connection_id, frame> frames_;
  std::map<address, std::size_t> sources_; // the bytes of each
};

} // namespace cafmesh
