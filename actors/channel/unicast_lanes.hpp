#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/channel/deferred_reply.hpp"
#include "actors/context/connection_parts.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// The unicasts of one channel that wait for each neighbour, in batches. Used
/// only by `gossip_channel`.
///
/// Each neighbour has a queue of its own, a lane. The connection gets at most
/// two batches of a lane at a time. A sender that asked for an answer gets it
/// when the connection has taken the message's batch, so a slow neighbour slows
/// its senders. While more than `limit` bytes wait, messages that were not sent
/// as requests are dropped and counted. Messages of the postman are exempt,
/// because the postman limits them itself. `next_hop_patience.hpp` says when a
/// lane drops messages for a neighbour that takes no data.
///
/// An answer of the connection costs more than a small batch. So if the
/// connection is idle and no sender waits for an answer, a few small batches in
/// a row are sent without asking for an answer.
class unicast_lanes {
public:
  struct answers {
    std::vector<deferred_reply_ptr> of_ours;
    std::vector<deferred_reply_ptr> of_relayed;

    void add(const deferred_reply_ptr& x, bool relayed);
    void note(const caf::error& why);
    void clear();
    bool empty() const noexcept {
      return of_ours.empty() && of_relayed.empty();
    }
  };
  using answers_ptr = std::shared_ptr<answers>;

  struct batch {
    peer_name hop;
    connection_actor to;
    std::vector<outgoing> items;
    std::size_t count = 0; ///< items, including those moved out
    std::size_t size = 0;
    answers_ptr waiting; ///< may be cleared before the batch is answered
    bool needs_answer = true;
  };

  explicit unicast_lanes(std::size_t limit) : limit_(limit) {
  }
  unicast_lanes(unicast_lanes&&) = default;
  unicast_lanes& operator=(unicast_lanes&&) = default;

  /// Adds a message to the lane of `hop`. Drops the message with
  /// errc::congested if the lane is stuck, if the lane is slow and the message
  /// is relayed, or if the lane is full and `answer` is neither null nor
  /// awaited. If `to` is a new connection, the earlier one first gets what
  /// waits for it: it may be one that is given up and drains. Until it has, the
  /// lane takes twice as much, and relayed messages although it is slow.
  void add(peer_name hop, const connection_actor& to, outgoing x,
           const deferred_reply_ptr& answer);

  /// The next batch that may be sent now; nullopt if there is none. If the
  /// batch needs an answer, the caller later reports its outcome to `taken`.
  std::optional<batch> next_batch(instant now);

  /// To be called when the connection has answered a batch.
  /// @param failure empty if the batch was taken; otherwise the whole batch is
  ///        lost
  void taken(const batch& x, const caf::error& failure, instant now);

  /// Delays the answer until the connections have taken or lost all messages
  /// added so far.
  void answer_at_end(const deferred_reply_ptr& answer);

  /// Finds slow and stuck neighbours. For a slow neighbour, answers the senders
  /// of relayed messages immediately. For a stuck neighbour, drops the waiting
  /// messages. May add a batch, so the caller must then call `next_batch`.
  /// @returns whether anything still waits or is unanswered, so that another
  ///          check is due.
  bool check(instant now);

  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  struct gathered {
    std::vector<outgoing> items;
    answers_ptr waiting;
    std::size_t size = 0;
    connection_actor to;
  };
  struct lane {
    connection_actor to;          // for new messages
    connection_actor sending;     // that got the last batch
    std::deque<gathered> batches; // new items are added to the last
    std::size_t size = 0;         // in bytes
    std::vector<answers_ptr> unanswered;
    std::size_t unanswered_size = 0;
    std::size_t free = 0; // batches since the last that needed an answer
    instant last_answer;
    bool slow = false; // set by `check`, like `stuck`
    bool stuck = false;
  };

  lane& lane_of(peer_name hop);
  void ask_first(peer_name hop, lane& to_hop, const deferred_reply_ptr& answer);
  static bool has_earlier(const lane& x);
  static bool waits_for_earlier(const lane& x);
  bool leave_sending(peer_name hop, lane& x, instant now);
  static bool goes_free(lane& x, const gathered& first);
  void release_relays(lane& x);
  void drop(lane& x, const caf::error& why);

  std::size_t limit_;
  std::unordered_map<peer_name, lane> lanes_;
  // The lane that was used last, since most messages go the same way.
  std::pair<const peer_name, lane>* latest_ = nullptr;
  std::vector<peer_name> ready_; // lanes that may have a batch to send
  std::uint64_t dropped_ = 0;
};

} // namespace cafmesh
