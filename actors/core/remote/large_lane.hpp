#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/core/remote/incoming_half.hpp"
#include "actors/core/remote/packets.hpp"

namespace cafmesh::remote {

/// The maximum number of large messages that one side sends at the same time.
/// The receiver keeps at most this many incomplete messages from one peer.
constexpr std::size_t most_begun = 8;

struct waiting_frame {
  frame_kind kind = frame_kind::data;
  bool is_answer = false;
  bytes body;
  std::uint64_t label = 0; ///< reported to the owner if data is lost; 0: none
  gap report;
};

/// The actors between which frames keep their order; 0 means nobody.
struct frame_ends {
  std::uint64_t sender = 0;
  std::uint64_t receiver = 0;
};

/// The large messages that wait to be sent to one peer, each in fragments.
/// Later frames to the same receiving actor wait here too, so that they stay in
/// order. The receiving actors take turns, one fragment each.
class large_lane {
public:
  explicit large_lane(std::size_t fragment = fragment_size)
      : fragment_(fragment) {
  }

  bool is_large(std::size_t size) const noexcept {
    return size > fragment_;
  }
  bool empty() const noexcept {
    return queues_.empty() && given_up_.empty();
  }
  bool delays_receiver(std::uint64_t x) const {
    return queues_.count(x) != 0;
  }
  bool delays_sender(std::uint64_t x) const {
    return senders_.count(x) != 0;
  }

  /// Adds a frame that is large, or whose receiver already has frames here.
  void add(waiting_frame x, frame_ends ends);
  /// Keeps a frame back until all of its sender's frames that wait here have
  /// been sent.
  /// @pre the sender is delayed
  void add_behind(waiting_frame x, std::uint64_t sender);

  struct sent_fragment {
    std::uint64_t message = 0;
    std::uint64_t label = 0;
    std::size_t size = 0;
    bool is_answer = false;
  };
  /// Appends the next fragment to `out`. An empty fragment tells the receiver
  /// that the message was given up.
  /// @pre not empty
  sent_fragment append_next(bytes& out);
  /// Stops sending a message, and tells the receiver.
  /// @returns the cost of the fragments that are not sent
  std::uint64_t give_up(std::uint64_t message);
  /// Appends the labels of all waiting frames to `out`.
  /// @param without the numbers of messages whose labels are left out
  void append_labels(const std::set<std::uint64_t>& without,
                     std::vector<std::uint64_t>& out) const;
  /// Removes and returns the frames that no longer have to wait, in order.
  std::vector<waiting_frame> take_released() {
    return std::exchange(released_, {});
  }

private:
  struct entry {
    waiting_frame frame;
    std::uint64_t sender = 0;
  };
  // The frames that wait for one receiver. The first one is large.
  struct queue {
    std::deque<entry> entries;
    std::uint64_t message = 0; // of the first entry; 0: not begun
    std::size_t offset = 0;    // of its next fragment
  };

  void begin_more();
  void finish_first(std::uint64_t receiver);
  void release(entry x);
  void remove_entry_of(std::uint64_t sender);

  std::size_t fragment_;
  std::unordered_map<std::uint64_t, queue> queues_;
  std::deque<std::uint64_t> begun_;                        // receivers, by turn
  std::deque<std::uint64_t> later_;                        // receivers
  std::unordered_map<std::uint64_t, std::size_t> senders_; // entry counts
  std::unordered_map<std::uint64_t, std::vector<waiting_frame>> behind_;
  std::vector<waiting_frame> released_;
  std::deque<std::uint64_t> given_up_; // receiver not told yet
  std::uint64_t last_message_ = 0;
};

} // namespace cafmesh::remote
