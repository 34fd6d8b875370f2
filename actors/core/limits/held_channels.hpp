#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// The channels of which the remote of a connection wants nothing more for a
/// while (PROTOCOL.md, "Holds").
class held_channels {
public:
  /// A remote that still holds a channel repeats that more often.
  static constexpr duration lasts = std::chrono::seconds{2};
  /// Further channels are not held.
  static constexpr std::size_t most = 64;

  void hold(std::string_view channel, instant now);
  void go_on(std::string_view channel);
  /// Forgets the channels whose hold is over.
  void expire(instant now);

  bool has(std::string_view channel) const {
    return until_.find(channel) != until_.end();
  }
  bool empty() const noexcept {
    return until_.empty();
  }

private:
  std::map<std::string, instant, std::less<>> until_;
};

} // namespace cafmesh
