#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "messages/internal/closing.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Remembers for a short time which peers have reported that another peer has
/// closed its connection to them (PROTOCOL.md, "Closing reports"). When a
/// process is killed, all of its connections close at the same time.
class closing_reports {
public:
  static constexpr duration memory = std::chrono::seconds{2};
  /// The maximum number of reports. Further reports are ignored.
  static constexpr std::size_t most = 4096;
  /// If a peer has more connections than this, their closings are not reported.
  static constexpr std::size_t most_reporters = 64;

  /// The time of each peer's report.
  using reporters = std::map<peer_name, instant>;

  /// @returns all reports of this closing; null if `reporter` has reported it
  ///          already, or if there are too many reports
  const reporters* add(const closing& what, peer_name reporter, instant now);

  /// Forgets all reports that this peer has closed connections.
  void forget(peer_name peer);

  /// Forgets old reports. Takes time in proportion to all reports.
  void expire(instant now);

  bool empty() const noexcept {
    return all_.empty();
  }

  /// Calls `f(closing, reporters)` for each closing.
  template <class F>
  void visit(F f) const {
    for (const auto& [peer, x] : all_)
      f(closing{peer, x.uid}, x.by);
  }

private:
  struct entry {
    peer_uid uid{};
    reporters by;
  };

  std::map<peer_name, entry> all_;
  std::size_t count_ = 0; // of reports
};

} // namespace cafmesh
