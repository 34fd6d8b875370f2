#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "actors/core/remote/incoming_half.hpp"
#include "actors/core/remote/packets.hpp"
#include <cafmesh/instant.hpp>

/// The sending half of a session between two actor layers: numbers frames and
/// repeats those that must arrive.
namespace cafmesh::remote {

struct sending_limits {
  /// Frames are gathered into packets of this size in bytes; a larger frame
  /// goes alone.
  std::size_t packet = 32 * 1024;
  /// The maximum number of packets that the receiver has not settled; beyond
  /// it, no new packets are sent.
  std::size_t unsettled = 64 * 1024;
  /// The maximum number of control frames, other than reports, that wait or are
  /// not acknowledged.
  std::size_t controls = 256 * 1024;
  /// The maximum number of reports of lost packets that wait or are not
  /// acknowledged; further reports are dropped.
  std::size_t reports = 1024;
  /// The time after which a control frame is sent again unless it has been
  /// acknowledged.
  duration repeat = std::chrono::milliseconds{250};
};

/// The part of the sender's window that a data frame takes. It exceeds the size
/// of the frame, so that the window limits empty messages too.
constexpr std::size_t cost_of_frame(std::size_t size) noexcept {
  return size + 64;
}

/// Numbers what one side sends, repeats control frames until they are
/// acknowledged, and knows which data was in a packet that was lost.
class outgoing_half {
public:
  explicit outgoing_half(sending_limits limits = {}) : limits_(limits) {
  }

  /// @param label tells the owner what it was if it is lost; 0: of no interest
  void add_data(bytes body, std::uint64_t label);
  /// @returns false if too many control frames wait
  bool add_control(bytes body);
  void add_report(gap x);

  /// Appends the frames of the next packet: new frames, or if there are none,
  /// control frames that are due to be repeated.
  /// @param number is set to the packet's number, 0 if it has no data
  /// @returns whether any frames were appended
  bool next_packet(instant now, bytes& frames, std::uint64_t& number);
  /// Whether `next_packet` has new frames to send now.
  bool has_new() const noexcept {
    return !waiting_.empty() && unsettled_.size() < limits_.unsettled;
  }
  std::optional<instant> due() const;

  /// To be called with the receiver's state, which each of its packets carries.
  void acknowledged(const traffic_head& x);
  /// Appends the labels of the data in the packets of `x`, which were lost.
  void lost(gap x, std::vector<std::uint64_t>& labels);
  /// The labels of the data that was neither settled nor lost.
  std::vector<std::uint64_t> undecided() const;

  std::uint64_t highest() const noexcept {
    return last_number_;
  }
  /// The first packet of the oldest gap whose report is not acknowledged yet.
  std::optional<std::uint64_t> first_unreported() const {
    return reports_.empty() ? std::nullopt
                            : std::optional{reports_.front().first};
  }
  /// The cost of the data frames that wait or were sent, without those that
  /// were processed or lost.
  std::uint64_t outstanding() const noexcept {
    return cost_ - returned_ - lost_cost_;
  }
  bool is_waiting_for_answer() const noexcept {
    return !unsettled_.empty() || !unacknowledged_.empty() || !waiting_.empty();
  }

private:
  struct waiting_frame {
    frame_kind kind = frame_kind::data;
    bytes body;
    std::uint64_t label = 0;
    gap report;
  };
  struct sent_packet {
    std::uint64_t number = 0;
    std::uint64_t cost = 0;
    std::vector<std::uint64_t> labels;
  };
  struct sent_control {
    std::uint64_t number = 0;
    std::uint64_t after = 0;
    waiting_frame frame;
    instant sent;
  };

  struct open_report {
    std::uint64_t first = 0;
    std::uint64_t control = 0; // the report's number, 0 before it is sent
  };

  void append_new(instant now, bytes& frames, std::uint64_t& number);
  void append_repeated(instant now, bytes& frames);
  void send_control(sent_control x, bytes& frames);
  static void append(const sent_control& x, bytes& out);

  sending_limits limits_;
  std::deque<waiting_frame> waiting_;
  std::size_t waiting_controls_ = 0;
  std::deque<sent_packet> unsettled_;
  std::deque<sent_control> unacknowledged_;
  std::deque<open_report> reports_;
  std::uint64_t last_number_ = 0;
  std::uint64_t last_control_ = 0;
  std::uint64_t cost_ = 0;
  std::uint64_t returned_ = 0;
  std::uint64_t lost_cost_ = 0;
};

} // namespace cafmesh::remote
