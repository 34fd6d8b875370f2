#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/remote/packets.hpp"
#include <cafmesh/instant.hpp>

/// The receiving half of a session between two actor layers: puts packets and
/// control frames in order.
namespace cafmesh::remote {

/// Limits on packets and control frames that wait for an earlier, missing one.
struct ordering_limits {
  duration time = std::chrono::milliseconds{100};
  std::size_t packets = 64;
  std::size_t bytes = 4 * 1024 * 1024; ///< or one packet of any size
  std::size_t controls = 4096;         ///< control frames that wait
  std::size_t control_bytes = 1024 * 1024;
};

/// A frame that a session hands to its owner.
struct arrival {
  bool is_control = false;
  payload body;
  std::optional<fragment_place> fragment; ///< only for fragments
};

/// The numbers of the first and the last packet in a series of lost packets.
struct gap {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Puts the frames from one sender in order and delivers each at most once. A
/// packet that is missing for too long is given up, and is dropped if it
/// arrives later. A control frame waits for the control frames before it and
/// for the data sent before it.
class incoming_half {
public:
  explicit incoming_half(ordering_limits limits = {}) : limits_(limits) {
  }

  /// Takes the data from a packet, and appends to `out` all frames that can now
  /// be delivered in order.
  void arrived(packet& x, instant now, std::vector<arrival>& out);
  /// Gives up the packets that have been missing for too long.
  void expire(instant now, std::vector<arrival>& out);
  /// When to call `expire`.
  std::optional<instant> due() const;

  /// All packets from the sender up to this number were delivered or given up.
  std::uint64_t settled() const noexcept {
    return expected_ - 1;
  }
  /// All control frames up to this number have arrived.
  std::uint64_t controls() const noexcept {
    return contiguous_controls_;
  }
  /// The approximate memory in bytes of control frames that wait for earlier
  /// ones.
  std::size_t control_memory() const noexcept {
    return control_bytes_ + controls_.size() * bytes_for_control;
  }
  /// Removes and returns the gaps that were found since the last call.
  std::vector<gap> take_gaps() {
    return std::exchange(gaps_, {});
  }
  /// Removes and returns the packets of ours that the other side has reported
  /// as lost.
  std::vector<gap> take_reports() {
    return std::exchange(reports_, {});
  }
  /// The number of packets that arrived twice or too late.
  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  struct control {
    std::uint64_t after = 0;
    payload body;
    bool is_report = false; // of lost packets; handled on arrival
  };

  // The approximate memory in bytes that a control frame takes in `controls_`
  // in addition to its body.
  static constexpr std::size_t bytes_for_control = 160;

  void keep_control(const frame_view& x);
  void release_controls(std::vector<arrival>& out);
  void deliver_next(std::vector<arrival>& out);
  void skip_gap(std::vector<arrival>& out);
  bool is_crowded() const;
  void look_for_gap(instant now, bool progress);

  ordering_limits limits_;
  std::uint64_t expected_ = 1; // the next packet to deliver
  std::uint64_t highest_ = 0;  // the highest number known to have been sent
  std::map<std::uint64_t, std::vector<arrival>> waiting_packets_;
  std::size_t waiting_bytes_ = 0;
  std::optional<instant> gap_since_;
  std::uint64_t next_control_ = 1; // the next control frame to deliver
  std::uint64_t contiguous_controls_ = 0;
  std::map<std::uint64_t, control> controls_;
  std::size_t control_bytes_ = 0;
  std::vector<gap> gaps_;
  std::vector<gap> reports_;
  std::uint64_t dropped_ = 0;
};

} // namespace cafmesh::remote
