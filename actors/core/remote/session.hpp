#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "actors/core/remote/incoming_half.hpp"
#include "actors/core/remote/outgoing_half.hpp"

namespace cafmesh::remote {

struct session_limits {
  ordering_limits ordering;
  sending_limits sending;
  /// The peer is unreachable if it is silent for this long while it owes an
  /// answer.
  duration down_after = std::chrono::seconds{10};
  /// How long an acknowledgement waits for a packet that can carry it.
  duration answer = std::chrono::milliseconds{20};
  /// Between two hellos.
  duration hello = std::chrono::milliseconds{250};
  /// Hellos that are answered in that time.
  std::size_t welcomes = 16;
  /// A peer that begins again sooner after it last did is ignored until then:
  /// all requests, monitors and leases are gone through each time.
  duration between_beginnings = std::chrono::milliseconds{100};
};

/// What the owner of a session has to do.
struct session_events {
  std::vector<arrival> arrivals;
  /// The labels of data frames that were lost.
  std::vector<std::uint64_t> lost;
  /// With `began_again`: the labels of data frames that the peer has received
  /// or not, which nobody can tell.
  std::vector<std::uint64_t> undecided;
  /// The peer has begun a new session, because we were unreachable for it:
  /// nothing of the old one holds, and `arrivals` belong to the new one.
  bool began_again = false;
  bool left = false; ///< the peer leaves the mesh
};

/// The traffic with one life of a peer. Each side draws a token for its half
/// and takes only packets that carry it, so that nobody else can send in the
/// peer's name without being on the path between both. If one side declares
/// the other unreachable, it draws a new token, and with that both begin again.
class session {
public:
  /// @param token random, not 0
  session(peer_uid ours, peer_uid theirs, std::uint64_t token, instant now,
          session_limits limits = {});

  /// The same for both, until one of them begins again.
  bool is_open() const noexcept {
    return their_token_ != 0;
  }
  /// Whether the peer is to be observed although nothing is sent.
  void set_watched(bool x, instant now);

  /// @param label tells the owner what it was if it is lost; 0: of no interest
  void add_data(bytes body, std::uint64_t label, instant now);
  /// @returns false if too many control frames wait; then the owner begins
  ///          again
  [[nodiscard]] bool add_control(bytes body, instant now);
  /// Data frames that were processed have cost this much in all; see
  /// cost_of_frame.
  void set_processed(std::uint64_t cost) noexcept {
    processed_ = cost;
  }
  /// Tells the peer about processed frames soon.
  void return_credit(instant now);

  void receive(const packet& x, instant now, session_events& out);
  void expire(instant now, session_events& out);
  /// The packets that are due to be sent.
  std::vector<bytes> take_packets(instant now);
  bytes farewell() const;
  /// When to call `expire` and `take_packets`.
  std::optional<instant> due() const;

  /// Whether the peer owes an answer for longer than `down_after`.
  bool is_unreachable(instant now) const;
  /// The labels of data frames that were sent or wait, and whose arrival the
  /// peer has neither confirmed nor denied.
  std::vector<std::uint64_t> undecided() const {
    return sending_.undecided();
  }
  /// Forgets the old session.
  /// @param token random, not 0
  void begin_again(std::uint64_t token, instant now);

  std::uint64_t outstanding() const noexcept {
    return sending_.outstanding();
  }

private:
  packet_head head(packet_kind kind, std::uint64_t to_token) const;
  bool belongs(const packet_head& x, instant now, session_events& out);
  void adopt(const packet_head& x, instant now, session_events& out);
  void traffic_arrived(const packet& x, instant now, session_events& out);
  void report_gaps(session_events& out);
  traffic_head state() const;
  bytes traffic(std::uint64_t number, byte_view frames, instant now);
  bool owes_answer() const noexcept;
  void begins_to_owe(instant now) noexcept;
  std::optional<instant> probe_due() const;
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
  std::optional<instant> began_again_; // when the peer last did
  incoming_half arriving_;
  outgoing_half sending_;
  std::uint64_t processed_ = 0;
  bool watched_ = false;
  instant heard_;                   // or began to wait
  std::optional<instant> hello_at_; // the next one
  std::optional<instant> answer_at_;
  instant last_probe_;                  // or began to wait
  std::vector<std::uint64_t> welcomes_; // the tokens of hellos to answer
  std::size_t welcomed_ = 0;            // since `welcoming_since_`
  instant welcoming_since_;
  instant no_hello_before_;
};

} // namespace cafmesh::remote
