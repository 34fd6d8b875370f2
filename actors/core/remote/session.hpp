#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "actors/core/remote/incoming_half.hpp"
#include "actors/core/remote/outgoing_half.hpp"

/// The session between the actor layers of two peers: its tokens, the order of
/// frames, acknowledgement, and whether the peer is reachable. A session ends
/// when either peer restarts or declares the other one unreachable.
namespace cafmesh::remote {

struct session_limits {
  ordering_limits ordering;
  sending_limits sending;
  /// The peer counts as unreachable if it owes an answer and is silent for this
  /// long.
  duration down_after = std::chrono::seconds{10};
  /// A peer counts as unreachable if it does not answer within this time after
  /// a call of `doubt`.
  duration doubt = std::chrono::seconds{1};
  /// How long an acknowledgement waits for another packet that can carry it.
  duration answer = std::chrono::milliseconds{20};
  /// The minimum time between two hellos. A hello is a packet that asks for the
  /// peer's token.
  duration hello = std::chrono::milliseconds{250};
  /// The maximum number of hellos that are answered in each period of `hello`.
  std::size_t welcomes = 16;
  /// The maximum number of hellos that are sent because of `greet`.
  std::size_t greetings = 40;
  /// The minimum time between two sessions that the peer begins. A session that
  /// begins sooner is ignored until then, because each session costs a pass
  /// over all requests, monitors and leases.
  duration between_beginnings = std::chrono::milliseconds{100};
};

/// What the owner of a session has to handle.
struct session_events {
  std::vector<arrival> arrivals;
  /// The labels (see `add_data`) of lost data frames and large messages.
  std::vector<std::uint64_t> lost;
  bool lost_data = false; ///< some data was lost, with a label or not
  /// Only with `began_again`: the labels of data that the peer may or may not
  /// have received.
  std::vector<std::uint64_t> undecided;
  /// The peer has begun a new session, because it found us unreachable. Nothing
  /// of the old session is valid any more, and `arrivals` belong to the new
  /// one.
  bool began_again = false;
  bool left = false; ///< the peer leaves the mesh

  /// Removes everything, and keeps memory for the next use.
  void clear() {
    arrivals.clear();
    lost.clear();
    undecided.clear();
    lost_data = began_again = left = false;
  }
};

/// The traffic with one peer until the peer restarts. It consists of sessions,
/// one at a time. Each side draws a random token, and accepts only packets that
/// carry it. So only peers on the path between the two sides could send in the
/// name of either side. A side that declares the other unreachable draws a new
/// token, and both begin a new session.
class session {
public:
  /// @param token random, not 0
  session(peer_uid ours, peer_uid theirs, std::uint64_t token, instant now,
          session_limits limits = {});

  /// Whether we know the peer's token, so that traffic can be sent.
  bool is_open() const noexcept {
    return their_token_ != 0;
  }
  /// Sets whether the peer is watched. A watched peer has to answer, and can
  /// thus become unreachable, even while nothing else is sent to it.
  void set_watched(bool x, instant now);
  /// To be called when there are signs that the peer has been restarted. Asks
  /// the peer for an answer. Anything that it sends disproves the signs.
  void doubt(instant now);
  /// To be called when the signs that led to `doubt` were wrong.
  void trust() noexcept {
    doubted_since_.reset();
  }
  /// Asks for the peer's token although nothing is to be sent.
  void greet(instant now);
  /// Asks for the peer's token, although nothing is to be sent, until the peer
  /// has sent something in this session. To be called after `begin_again`,
  /// because a peer that owed no answer still has the old session, in which
  /// everything that it sends would be lost.
  /// @param from when to begin
  void seek(instant from);
  /// Whether the peer has or may have a session with us: this one is open, or
  /// `seek` has had no success yet.
  bool may_be_known_there() const noexcept {
    return is_open() || is_sought_;
  }

  /// @param label identifies the data to the owner if it is lost; 0: a loss is
  ///        not reported
  /// @param ends the actors between which the data keeps its order
  /// @param is_answer whether the data counts for `answers`
  void add_data(bytes body, std::uint64_t label, instant now,
                frame_ends ends = {}, bool is_answer = false);
  /// @param behind names a sender and a receiver; the frame arrives after all
  ///        earlier data from that sender, and after all earlier data to that
  ///        receiver
  /// @returns false if too many control frames wait; the owner must then call
  ///          `begin_again`
  [[nodiscard]] bool add_control(bytes body, instant now,
                                 frame_ends behind = {});
  /// How many more control frames the owner may add. The rest of the limit is
  /// reserved for answers to the peer, which cannot wait elsewhere.
  std::size_t control_room() const noexcept {
    return sending_.control_room();
  }
  /// Sets the total costs (costs.hpp) of all data frames and of all fragments
  /// that were processed so far.
  void set_processed(std::uint64_t cost, std::uint64_t large_cost) noexcept {
    processed_ = cost;
    processed_large_ = large_cost;
  }
  /// Schedules a packet that tells the peer the cost of what we have processed,
  /// so that the peer may send more.
  void return_credit(instant now);

  /// Handles a packet that arrived. Takes the contents of its data frames.
  void receive(packet& x, instant now, session_events& out);
  void expire(instant now, session_events& out);
  /// Removes and returns the packets that are due to be sent.
  std::vector<bytes> take_packets(instant now);
  /// See `outgoing_half::take_spent`.
  std::vector<bytes> take_spent() noexcept {
    return sending_.take_spent();
  }
  bytes farewell() const;
  /// When to call `expire` and `take_packets`.
  std::optional<instant> due() const;

  bool owes_answer() const noexcept;
  /// Whether the peer has owed an answer and been silent for `down_after`, or
  /// has been doubted for `session_limits::doubt`.
  bool is_unreachable(instant now) const;
  /// The labels of data that waits, or that the peer has neither confirmed nor
  /// reported as lost.
  std::vector<std::uint64_t> undecided() const {
    return sending_.undecided();
  }
  /// Ends this session and begins a new one with the same peer.
  /// @param token random, not 0
  void begin_again(std::uint64_t token, instant now);

  /// The number of our control frames that the peer has not acknowledged.
  std::size_t open_controls() const noexcept {
    return sending_.open_controls();
  }
  /// The approximate memory in bytes of the control frames of both sides.
  std::size_t control_memory() const noexcept {
    return arriving_.control_memory() + sending_.control_memory();
  }
  std::uint64_t outstanding() const noexcept {
    return sending_.outstanding();
  }
  std::uint64_t outstanding_large() const noexcept {
    return sending_.outstanding_large();
  }
  std::size_t unsettled_messages() const noexcept {
    return sending_.unsettled_messages();
  }
  /// The cost of the answers that wait or are on their way.
  std::uint64_t answers() const noexcept {
    return sending_.answers();
  }

private:
  packet_head head(packet_kind kind, std::uint64_t to_token) const;
  bool is_of_this_session(const packet_head& x, instant now,
                          session_events& out);
  void adopt(const packet_head& x, instant now, session_events& out);
  void traffic_arrived(packet& x, instant now, session_events& out);
  void report_gaps(instant now, session_events& out);
  traffic_head state() const;
  bytes traffic(const new_packet& content, instant now);
  void hello_arrived(const packet_head& x, instant now);
  void start_silence_clock(instant now) noexcept;
  std::optional<instant> probe_due() const;
  duration probe_interval() const noexcept {
    return limits_.down_after / 4;
  }
  void introduce(packet_kind kind, std::uint64_t to,
                 std::vector<bytes>& out) const;
  void say_hello(instant now, std::vector<bytes>& out);
  void answer_by(instant x);

  peer_uid ours_;
  peer_uid theirs_;
  session_limits limits_;
  std::uint64_t our_token_;
  std::uint64_t our_epoch_;
  std::uint64_t their_token_ = 0;
  std::uint64_t their_epoch_ = 0;
  std::optional<instant> began_again_; // when the peer last began a new session
  incoming_half arriving_;
  outgoing_half sending_;
  std::uint64_t processed_ = 0;
  std::uint64_t processed_large_ = 0;
  bool watched_ = false;
  std::optional<instant> doubted_since_;
  bool is_sought_ = false;          // since `seek`, until traffic arrives
  std::size_t greetings_ = 0;       // hellos to send although nothing waits
  instant last_heard_;              // when last heard, or when we began to wait
  std::optional<instant> hello_at_; // when the next hello is due
  std::optional<instant> answer_at_;
  instant last_probe_; // when last probed, or when we began to wait
  std::vector<std::uint64_t> welcomes_; // the tokens of hellos to answer
  std::size_t welcomed_ = 0; // hellos answered since `welcoming_since_`
  instant welcoming_since_;
  instant no_hello_before_;
};

} // namespace cafmesh::remote
