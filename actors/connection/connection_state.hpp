#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/connection/connection.hpp"
#include "actors/connection/overlay_preparation.hpp"
#include "actors/context/contest_parts.hpp"
#include "actors/context/node_context.hpp"
#include "actors/core/limits/held_channels.hpp"
#include "actors/core/limits/reading_credit.hpp"
#include "actors/core/link/link.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/overlay.hpp>

/// The state of a connection, for use in `connection*.cpp` only:
/// - `connection.cpp`: message handlers; `connection_state.cpp`: start to end
/// - `connection_admission.cpp`: until the topology accepts the connection
/// - `connection_passwords.cpp`: the end if we drop the connection's password
/// - `connection_reading.cpp`, `connection_writing.cpp`: input and output
/// - `connection_draining.cpp`: ends that lose nothing
/// - `connection_holds.cpp`: messages that pause the input of slow channels
/// - `connection_probes.cpp`: whether the remote's host is alive
namespace cafmesh {

// connection -> itself
struct read_on {};      // input was left when the turn ended
struct keep_alive {};   // the time for a heartbeat has come
struct check_life {};   // the time to check deadlines has come
struct check_pause {};  // a pause in reading may be too long
struct check_grace {};  // a dropped password's grace may have ended
struct check_probes {}; // the remote may have answered a probe
struct check_drain {};  // draining may be complete
struct check_holds {};  // a hold by the remote may have ended
struct repeat_holds {}; // the time to repeat our holds has come

using connection_interface = contestant_actor::extend<
  caf::reacts_to<socket_readable>, caf::reacts_to<socket_writable>,
  caf::reacts_to<overlay_established>, caf::reacts_to<overlay_failed>,
  caf::reacts_to<send_overlay_control>, caf::reacts_to<overlay_prepared>,
  caf::reacts_to<overlay_refused>, caf::reacts_to<read_on>,
  caf::reacts_to<keep_alive>, caf::reacts_to<check_life>,
  caf::reacts_to<check_pause>, caf::reacts_to<check_grace>,
  caf::reacts_to<check_probes>, caf::reacts_to<check_drain>,
  caf::reacts_to<check_holds>, caf::reacts_to<repeat_holds>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::read_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::keep_alive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_life)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_probes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_pause)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_grace)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_holds)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::repeat_holds)

namespace cafmesh {

/// How far a connection has come; connection.hpp shows the transitions.
enum class connection_phase : std::uint8_t {
  handshaking,
  registering, ///< waits for overlay and topology
  open,
  /// Accepts no more data to send, but writes waiting output.
  finishing,
  /// Our side is closed, but the remote's is not.
  half_closed,
  /// Hands over the last messages, then quits. Message handlers can still be
  /// called in this phase.
  closed,
};

struct connection_state {
  explicit connection_state(connection_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  connection_state(const connection_state&) = delete;
  connection_state& operator=(const connection_state&) = delete;
  /// Answers the actors that wait for the connection. `close` does this too,
  /// but nobody calls `close` if the connection is killed or throws.
  ~connection_state();

  static inline const char* name = "cafmesh.connection";

  // -- life
  void start(context_ptr context, connection_start what);
  void begin(const local_identity& ourselves, wire::feature_map features);
  void close(caf::error why);
  void quit_if_handed_over();
  void fail_waiting(const caf::error& why);
  void finish(caf::error why);
  void check_deadlines();
  void note_heartbeat();
  std::chrono::milliseconds silence_limit() const;
  void somebody_down(const caf::actor_addr& who, caf::error reason);
  void log(log_level level, const std::string& text) const;
  void log_change(const std::string& text) const;

  // -- admission
  void introduced();
  void prepare_overlay();
  caf::result<void> take_overlay(overlay_connection_actor prepared);
  void offer_to_topology();
  void admitted(const admission& how);
  void wait_for_another();
  /// Whether the topology has been asked to admit the connection, and has not
  /// answered.
  bool is_offered() const noexcept {
    return phase == connection_phase::registering && (!ctx->overlay || overlay);
  }
  void tell_established();

  // -- a password that is dropped
  bool password_is_accepted() const;
  void check_password();
  void check_grace_of_password();

  // -- draining
  void give_up(caf::error why);
  void check_our_drain();
  void remote_ended_output();
  bool takes_input() const noexcept {
    return !is_finishing() || drain == drain_state::ours;
  }

  // -- probes of the remote
  caf::result<bool> probe();
  bool close_if_still_dead(caf::error why);
  void check_our_probes();
  template <class Answer>
  void answer_probes(const Answer& x);
  void fail_probes();

  // -- reading
  void read_turn();
  bool read_once(std::size_t& budget);
  void take_in(std::size_t size);
  void note_frame(bool is_new);
  void remote_ended(caf::error why);
  void remote_ended_early(caf::error why);
  void deliver(link_intake intake);
  void deliver_to_overlay(std::vector<overlay_message> xs);
  struct channel_slot {
    channel_name name;
    inner_channel_actor channel;     // null until the router has found it
    std::vector<deliveries> waiting; // sent once the channel is found
    reading_credit::channel credit;
  };
  using slot_ptr = std::shared_ptr<channel_slot>;
  const slot_ptr& slot_of(const channel_name& channel);
  void find_channel_of(const channel_name& channel, const slot_ptr& known);
  void hand_over(const slot_ptr& to, deliveries batch);
  void forget_channel(const caf::actor_addr& who);
  void watch_pause();
  void end_long_pause();
  bool may_read() const;
  bool is_finishing() const noexcept {
    return phase == connection_phase::finishing
           || phase == connection_phase::half_closed;
  }
  bool is_closed() const noexcept {
    return phase == connection_phase::closed;
  }
  void want_more();

  // -- holds
  void tell_hold(const channel_slot& x, bool on);
  void repeat_our_holds();
  void give_back(channel_slot& to, std::size_t size);
  void take_holds(const std::vector<channel_hold>& xs);
  void check_their_holds();
  void answer_held_writers();

  // -- writing
  caf::result<void> send(const transmit& batch);
  bool refuses(const transmit& batch) const;
  caf::result<void> send_control(const send_overlay_control& x);
  void flush();

  caf::result<connection_status> status();

  instant now() const {
    return self->clock().now();
  }

  connection_interface::pointer self;
  context_ptr ctx;
  connection_start init;
  std::optional<link> wire_link;
  std::string remote_address;
  std::string label; // prefix of our log lines
  wire::introduction remote_introduction;
  peer_name remote;
  std::uint64_t our_connection_id = 0; // as sent to the remote
  traffic_figures traffic;
  std::optional<unauthenticated_quota::share>
    as_stranger; // empty once the remote is authenticated
  // This connection's part in the limit on incomplete frames; empty until the
  // remote is authenticated.
  std::optional<unfinished_frames::share> frame_share;
  instant frame_begun{};
  bool trusts_remote = false;
  bool overlay_works = false;
  bool reported_established = false; // to the topology
  bool waits = false;                // for the end of another connection
  // Why the remote ended the connection before the topology had answered.
  caf::error early_end;
  // The actor that asks the overlay for this connection's overlay_connection.
  // The answer is stored in `overlay`.
  caf::actor_addr preparation;
  overlay_connection_actor overlay;
  // The passwords that were in use at the introduction.
  crypto::password_list passwords;
  std::optional<instant> password_dropped;

  instant started;
  instant last_heard;
  instant last_heartbeat; // when the remote last sent one
  // The requests that ask whether the remote's host is alive.
  std::vector<caf::typed_response_promise<bool>> probes;
  instant probing_since;
  instant alive_until;          // the last answer is reused until then
  bool watching_probes = false; // whether a check_probes is on its way
  // The number of heartbeats in a row whose intervals were within our patience.
  std::size_t quick_heartbeats = 0;
  instant last_written;
  connection_phase phase = connection_phase::handshaking;
  caf::error finish_reason;
  enum class drain_state : std::uint8_t {
    none,
    ours,  // we give the connection up, but still take input
    theirs // the remote has closed its side, but may still read
  };
  drain_state drain = drain_state::none;
  instant draining_since;
  // While we drain, the time of the last message in either direction.
  // Heartbeats do not count.
  instant last_message;
  caf::error end_reason;
  bool reading = false;       // whether a read is scheduled
  bool writing = false;       // whether the socket's buffer is full
  std::size_t unanswered = 0; // batches that the overlay has not answered
  // When the overlay last answered, or got a batch while it owed no answer,
  // whichever was later.
  instant overlay_answered;
  reading_credit credit;
  bool watching_pause = false; // whether a check_pause is on its way

  // An ordered map, because a remote could choose names that collide in a hash
  // table.
  std::map<std::string, slot_ptr> channels;
  // Whether a message was ever dropped because its channel was not found.
  bool dropped_for_channel = false;

  struct writer {
    caf::response_promise promise;
    caf::error failure;
  };
  static void answer(writer& x);
  std::vector<writer> writers; // answered when the output has drained
  struct held_writer {
    channel_name channel;
    writer waiting;
  };
  std::vector<held_writer> held_writers; // answered when their hold ends
  held_channels held;                    // held at the remote's request
  bool watching_holds = false;           // whether a check_holds is on its way
  bool repeating_holds = false;          // whether a repeat_holds is on its way
  // When the oldest of the waiting writers began to wait.
  std::optional<instant> full_since;
  // This connection's share of the limit on the output of all connections.
  std::optional<holding> output_share;
};

} // namespace cafmesh
