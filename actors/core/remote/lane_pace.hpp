#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <cafmesh/instant.hpp>

namespace cafmesh::remote {

struct pace_limits {
  /// The initial value, minimum and maximum of the window, in bytes.
  std::size_t first = 256 * 1024;
  std::size_t least = 64 * 1024;
  std::size_t most = 4 * 1024 * 1024;
  /// The window shrinks if a round trip exceeds the shortest one by more than a
  /// quarter plus this time.
  duration delay = std::chrono::milliseconds{2};
  /// The shortest round trip is remembered for at least this long, and at most
  /// twice as long.
  duration memory = std::chrono::seconds{10};
};

/// Decides how many bytes of large messages may be on their way to a peer (the
/// window). Small messages wait behind them in sockets and relays, so the
/// window shrinks when round trips take much longer than the shortest one.
class lane_pace {
public:
  explicit lane_pace(pace_limits limits = {})
      : limits_(limits), window_(limits.first) {
  }

  std::size_t window() const noexcept {
    return window_;
  }
  /// To be called when the receiver has answered a packet.
  /// @param size the bytes delivered or reported as lost since the previous
  ///        answer
  /// @param time the round trip of the packet and its answer
  void settled(std::size_t size, duration time, instant now) {
    note_shortest(time, now);
    auto shortest = std::min(shortest_, earlier_shortest_);
    if (time <= shortest + shortest / 4 + limits_.delay)
      window_ = std::min(limits_.most, window_ + size);
    else if (now - shrunk_ >= time)
      shrink(window_ - window_ / 4, now);
  }
  void lost(instant now) {
    shrink(window_ / 2, now);
  }

private:
  void note_shortest(duration time, instant now) {
    if (now - since_ >= limits_.memory) {
      since_ = now;
      earlier_shortest_ = std::exchange(shortest_, time);
    }
    shortest_ = std::min(shortest_, time);
  }
  void shrink(std::size_t to, instant now) {
    shrunk_ = now;
    window_ = std::max(limits_.least, to);
  }

  pace_limits limits_;
  std::size_t window_;
  duration shortest_ = duration::max() / 2;
  duration earlier_shortest_ = duration::max() / 2;
  instant since_{};
  instant shrunk_{};
};

} // namespace cafmesh::remote
