#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "actors/core/limits/line_budget.hpp"
#include "actors/core/limits/line_limit.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// Writes the log lines of the topology about other peers. Lines of each kind
/// are limited in rate, because remotes can cause any number of them.
class mesh_log {
public:
  /// Lines that are not warnings have level `info`.
  using sink = std::function<void(bool is_warning, const std::string& line)>;

  mesh_log(peer_name self, sink to) : self_(self), write_(std::move(to)) {
  }

  /// Logs an event of another peer.
  /// @param what the event, for example `is known now`.
  void peer(const peer_summary& peer, const char* what, instant now);
  void impersonated(instant now);
  /// Warns of a record of us that our clock does not let us outlive.
  void clock_is_late(instant now);
  /// Warns of a second peer that has the name of a connected peer.
  /// @param remote_address the address of the second peer, which is refused
  void duplicate_name(peer_name name, const std::string& remote_address,
                      instant now);
  /// Warns of two peers that use the same name, whether or not they are our
  /// neighbours.
  void name_used_twice(peer_name name, instant now);
  void refused_records(std::size_t count, instant now);
  /// To be called at least every few seconds. Logs when the limit of degree
  /// control begins or ends, at most once a minute.
  void degree_limit(bool holds, std::size_t connections, instant now);

private:
  void warn(const char* topic, const std::string& text, instant now);

  peer_name self_;
  sink write_;
  line_limit warnings_;
  line_budget peer_lines_;
  std::size_t refused_records_ = 0;
  bool limit_holds_ = false; // as logged
  std::optional<instant> limit_logged_;
};

} // namespace cafmesh
