#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/core/remote/costs.hpp"
#include "actors/core/remote/incoming_half.hpp"
#include "actors/core/remote/lane_pace.hpp"
#include "actors/core/remote/large_lane.hpp"
#include "actors/core/remote/packets.hpp"
#include <cafmesh/instant.hpp>

/// The sending half of a session between two actor layers: numbers frames, and
/// repeats control frames until they arrive.
namespace cafmesh::remote {

struct sending_limits {
  /// Frames are gathered into packets of this size in bytes; a larger frame
  /// is sent alone.
  std::size_t packet = 32 * 1024;
  /// Larger messages are sent in fragments of this size in bytes, which is at
  /// least `least_fragment`.
  std::size_t fragment = fragment_size;
  pace_limits pace;
  /// No new packets are sent while this many packets are on their way: neither
  /// delivered nor reported as lost (`traffic_head::settled`).
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

struct new_packet {
  bytes frames;
  std::uint64_t number = 0; ///< 0 if it has no data
  bool wants_answer = false;

  /// Empties the packet, and keeps memory for the next one.
  void clear() {
    frames.clear();
    number = 0;
    wants_answer = false;
  }
};

/// Numbers the packets of one side, repeats control frames until they are
/// acknowledged, and remembers the data of each packet that may still be lost.
class outgoing_half {
public:
  explicit outgoing_half(sending_limits limits = {})
      : limits_(limits), lane_(limits.fragment), pace_(limits.pace) {
  }

  /// @param label a number that is reported to the owner if the data is lost;
  ///        0: none
  /// @param ends the actors between which the data keeps its order
  /// @param is_answer whether the data counts for `answers`
  void add_data(bytes body, std::uint64_t label, frame_ends ends = {},
                bool is_answer = false);
  /// @param behind names a sender and a receiver; the frame arrives after all
  ///        earlier data from that sender, and after all earlier data to that
  ///        receiver
  /// @returns false if too many control frames wait
  bool add_control(bytes body, frame_ends behind = {});
  void add_report(gap x);
  /// How many control frames may be added until half of the limit is used.
  std::size_t control_room() const noexcept {
    auto used = open_controls();
    auto half = limits_.controls / 2;
    return used < half ? half - used : 0;
  }

  /// Makes the next packet. It contains small frames if any wait, otherwise a
  /// fragment if the pace allows one, otherwise control frames that have to be
  /// repeated.
  /// @returns false if there is nothing to send
  bool next_packet(instant now, new_packet& out);
  std::optional<instant> due() const;
  /// The memory of some of the small messages that were put into packets since
  /// the last call.
  std::vector<bytes> take_spent() noexcept {
    return std::exchange(spent_, {});
  }

  /// To be called for each packet that arrives from the receiver, with the
  /// state that the packet reports.
  void acknowledged(const traffic_head& x, instant now);
  /// To be called when the packets in `x` are reported as lost. Appends the
  /// labels of their data to `labels`, a large message's label only once.
  /// @returns whether any of these losses is new to this object
  bool lost(gap x, instant now, std::vector<std::uint64_t>& labels);
  /// The labels of data that waits, or that the receiver has neither confirmed
  /// nor reported as lost.
  std::vector<std::uint64_t> undecided() const;

  std::uint64_t highest() const noexcept {
    return last_number_;
  }
  /// The first packet of the oldest gap whose report is not acknowledged yet.
  std::optional<std::uint64_t> first_unreported() const {
    return reports_.empty() ? std::nullopt
                            : std::optional{reports_.front().first};
  }
  /// The cost of the small messages that wait or were sent, except those that
  /// were processed or lost.
  std::uint64_t outstanding() const noexcept {
    return small_.outstanding();
  }
  std::uint64_t outstanding_large() const noexcept {
    return large_.outstanding();
  }
  /// The number of control frames and reports that wait or are not
  /// acknowledged.
  std::size_t open_controls() const noexcept {
    return waiting_controls_ + unacknowledged_.size();
  }
  /// The approximate memory in bytes of the frames that `open_controls` counts.
  std::size_t control_memory() const noexcept {
    return control_bytes_ + open_controls() * sizeof(sent_control);
  }
  /// The number of small messages that wait, or that the receiver has neither
  /// confirmed nor reported as lost.
  std::size_t unsettled_messages() const noexcept {
    return small_messages_;
  }
  /// The cost of the answers that wait, or that the receiver has neither
  /// confirmed nor reported as lost.
  std::uint64_t answers() const noexcept {
    return answers_;
  }
  bool is_waiting_for_answer() const noexcept {
    return !unsettled_.empty() || !unacknowledged_.empty() || !waiting_.empty()
           || !lane_.empty();
  }

private:
  // The maximum size of `lost_messages_`. This is far above the number of large
  // messages for which the receiver may still report a lost fragment.
  static constexpr std::size_t most_lost_messages = 256;
  static constexpr std::size_t most_spent = 512;
  static constexpr std::size_t largest_spent = 256; // in bytes

  struct sent_packet {
    std::uint64_t number = 0;
    std::uint64_t cost = 0;
    std::uint64_t answers = 0; // their cost
    std::vector<std::uint64_t> labels;
    std::size_t messages = 0;  // small ones
    std::uint64_t message = 0; // of its fragment; 0: no fragment
    std::size_t size = 0;      // of its fragment
    std::optional<instant> asked;
    bool is_lost = false;
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

  void append_small(instant now, new_packet& out);
  void keep_spent(bytes& x);
  bool may_send_fragment() const;
  /// Notes that a fragment of the message was lost. Returns false if the loss
  /// of another fragment of this message was noted before.
  bool note_loss_of(std::uint64_t message);
  void append_large(instant now, new_packet& out);
  void append_repeated(instant now, bytes& frames);
  void send_control(sent_control x, bytes& frames);
  static void append(const sent_control& x, bytes& out);

  sending_limits limits_;
  std::deque<waiting_frame> waiting_;
  std::vector<bytes> spent_;
  std::size_t waiting_controls_ = 0;
  std::size_t control_bytes_ = 0; // in bodies
  std::deque<sent_packet> unsettled_;
  std::deque<sent_control> unacknowledged_;
  std::deque<open_report> reports_;
  std::uint64_t last_number_ = 0;
  std::uint64_t last_control_ = 0;
  std::size_t small_messages_ = 0;
  std::uint64_t answers_ = 0;
  sent_cost small_;
  sent_cost large_;
  large_lane lane_;
  std::set<std::uint64_t> lost_messages_; // only the latest
  lane_pace pace_;
  std::size_t in_flight_ = 0;     // bytes of fragments in `unsettled_`
  std::size_t since_asked_ = 0;   // bytes sent since an answer was asked for
  std::size_t since_sampled_ = 0; // bytes settled since the last round trip
};

} // namespace cafmesh::remote
