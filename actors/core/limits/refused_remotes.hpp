#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include <cafmesh/instant.hpp>
#include <cafmesh/status.hpp>

namespace cafmesh {

/// Keeps account of the inbound connections that ended before their remotes
/// were authenticated: how many for each reason, and the latest from each host.
class refused_remotes {
public:
  /// The maximum number of hosts that are kept. Beyond it, the host that was
  /// not seen for the longest time is dropped.
  static constexpr std::size_t most_hosts = 16;
  static constexpr duration kept_for = std::chrono::hours{1};

  /// @param address `host:port`
  /// @param reason as `describe` renders it, beginning with the error's code
  void add(const std::string& address, std::string reason, instant now);

  inbound_status status(instant now) const;

private:
  struct entry {
    std::string host;
    std::string address;
    std::string reason;
    std::uint64_t times = 0;
    instant last{};
  };
  std::map<std::string, std::uint64_t> counts_;
  std::deque<entry> latest_; // the latest first
};

} // namespace cafmesh
