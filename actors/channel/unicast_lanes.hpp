#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/channel/deferred_reply.hpp"
#include "actors/context/connection_parts.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// What a channel has for each neighbour in unicasts, gathered into batches; a
/// part of `gossip_channel`, for its use alone.
///
/// Credit: a lane has at most two batches, of bounded size, with its connection
/// that are not answered yet. Whoever asked for an answer gets it when its
/// batch has been taken, so that a slow neighbour slows those who send to it.
/// What nobody waits for is dropped, and counted, where more than `limit` bytes
/// wait. A neighbour that takes nothing at all for half a second does not hold
/// up any longer those whose messages we relay: what they have for it from then
/// on is dropped. They must not find us stuck, and drop what they have for
/// others. After a second all that is for it is dropped, until it takes
/// something again.
class unicast_lanes {
public:
  struct answers {
    std::vector<deferred_reply_ptr> of_ours;
    std::vector<deferred_reply_ptr> of_relayed;

    void add(const deferred_reply_ptr& x, bool relayed);
    void note(const caf::error& why);
    void clear();
  };
  using answers_ptr = std::shared_ptr<answers>;

  struct batch {
    peer_name hop;
    connection_actor to;
    std::vector<outgoing> items;
    std::size_t count = 0; ///< of items, also when they have been moved out
    std::size_t size = 0;
    answers_ptr waiting; ///< may be emptied while the batch is under way
  };

  explicit unicast_lanes(std::size_t limit) : limit_(limit) {
  }

  /// Notes errc::congested in the answer where it drops the message.
  void add(peer_name hop, const connection_actor& to, outgoing x,
           const deferred_reply_ptr& answer);

  /// The next batch that credit allows to send, to be answered by `taken`.
  std::optional<batch> next_batch(instant now);

  /// The connection took a batch, or failed to: then all of it is lost.
  void taken(const batch& x, const caf::error& failure, instant now);

  /// Holds the answer back until the connections have taken, or will never take,
  /// all that has been added by now.
  void answer_at_end(const deferred_reply_ptr& answer);

  /// Finds stuck neighbours and drops what waits for them. @returns whether anything still
  /// waits, so that another look is due.
  bool check(instant now);

  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  struct gathered {
    std::vector<outgoing> items;
    answers_ptr waiting;
    std::size_t size = 0;
  };
  struct lane {
    connection_actor to;
    std::deque<gathered> batches; // the last one is added to
    std::size_t size = 0;         // of all of them
    std::vector<answers_ptr> unanswered;
    std::size_t unanswered_size = 0;
    instant last_answer;
    bool slow = false; // as of the last check, both
    bool stuck = false;
  };

  void let_go_of_relays(lane& x);
  void drop(lane& x, const caf::error& why);

  std::size_t limit_;
  std::unordered_map<peer_name, lane> lanes_;
  std::vector<peer_name> ready_; // lanes that may have a batch to send
  std::uint64_t dropped_ = 0;
};

} // namespace cafmesh
