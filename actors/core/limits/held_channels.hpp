#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// The channels that the remote of a connection has asked us to hold. We send
/// no messages for these channels for a while (PROTOCOL.md, "Holds").
class held_channels {
public:
  /// A hold lasts this long, unless the remote asks for it again before then.
  static constexpr duration hold_time = std::chrono::seconds{2};
  /// The maximum number of held channels. Holds of further channels are
  /// ignored.
  static constexpr std::size_t most = 64;

  void hold(std::string_view channel, instant now);
  void go_on(std::string_view channel);
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
