#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/error.hpp>

#include "actors/core/link/buffer_pool.hpp"
#include "actors/core/link/envelope_reader.hpp"
#include "actors/core/link/latest_head.hpp"
#include "actors/core/link/output_buffer.hpp"
#include "crypto/handshake/handshake.hpp"
#include "messages/internal/traffic.hpp"
#include "messages/wire/hold.hpp"

/// Turns the bytes of one connection into messages and messages into bytes,
/// without a socket.
namespace cafmesh {

/// The messages of one read for one channel, in the order of their arrival.
struct channel_deliveries {
  channel_name channel;
  std::vector<delivery> messages;
};

struct overlay_message {
  wire::message_tag tag;
  payload data;
};

/// The remote asks us to stop sending for a channel (`on` is true) or to
/// resume.
struct channel_hold {
  channel_name channel;
  bool on;
};

/// What one call of `link::received` has extracted: the messages, and counts of
/// frames and messages.
struct link_intake {
  payload block; ///< the deliveries refer to parts of it
  std::vector<channel_deliveries> channels;
  std::vector<overlay_message> overlay;
  std::vector<channel_hold> holds;
  std::size_t frames = 0;
  std::size_t heartbeats = 0;
  std::size_t unknown_tags = 0;
  /// The number of messages for an overlay that were dropped because this node
  /// has no overlay.
  std::size_t ignored_overlay = 0;
  /// The number of messages dropped because their channel's name is over 1 KiB.
  std::size_t ignored_channels = 0;
};

/// One connection without its socket. A link starts with the handshake. After
/// the handshake, the link keeps all input until its owner calls `open`, and
/// then extracts messages. After an error, the link must not be used any more.
/// See PROTOCOL.md, "Introduction and frames", "Keys and sealed frames" and
/// "Messages".
class link {
public:
  link(crypto::handshake_config config, const crypto::key_pair& keys,
       name_flavour flavour);

  // -- reading

  struct room {
    std::uint8_t* data;
    std::size_t size; ///< never 0
  };

  /// Returns memory to read into. Valid until the next call of `read_room`,
  /// `received` or `received_nothing`. The memory is small at first. It grows
  /// if reads fill it or if an incomplete frame needs more, but only in
  /// proportion to the bytes that have arrived.
  room read_room();
  /// The size in bytes of the block that `read_room` will use next.
  std::size_t room_wanted() const noexcept;

  /// The same as `room_wanted` if unprocessed bytes wait, such as an incomplete
  /// frame; 0 if none wait.
  std::size_t held_for_frame() const noexcept {
    return waiting().empty() ? 0 : room_wanted();
  }

  /// Call this function after each read that has returned bytes.
  /// @param size the number of bytes that were read. After `open`, a call with
  ///        0 processes the input that the link has kept.
  /// @param out receives the messages; none before `open`.
  /// @returns an error after which the connection has to be closed.
  caf::error received(std::size_t size, link_intake& out);
  /// Call this function after a read that has returned no bytes. Frees the
  /// memory that `read_room` returned, unless it holds unprocessed bytes, or is
  /// small and often used.
  void received_nothing();

  // -- state

  crypto::handshake::stage stage() const noexcept {
    return handshake_ ? handshake_->current_stage()
                      : crypto::handshake::stage::done;
  }
  std::uint8_t version() const noexcept {
    return agreed_ ? agreed_->version : std::uint8_t{0};
  }
  bool encrypted() const noexcept {
    return agreed_ && agreed_->to_remote.has_value();
  }
  /// The features that the remote announced in the handshake.
  /// @pre the handshake is done
  const wire::feature_map& remote_features() const noexcept {
    return agreed_->features;
  }
  /// Forgets the remote's features, which frees their memory.
  /// @pre the handshake is done
  void forget_remote_features() noexcept {
    agreed_->features.clear();
  }
  /// The key that both sides have derived; nullopt without encryption.
  /// @pre the handshake is done
  const std::optional<crypto::key>& session_key() const noexcept {
    return agreed_->session_key;
  }
  /// The index of the password that both sides use; nullopt without encryption.
  /// @pre the handshake is done
  std::optional<std::size_t> password() const noexcept {
    return agreed_->password;
  }
  /// From now on, messages for an overlay are dropped and counted.
  void ignore_overlay() noexcept {
    has_overlay_ = false;
  }
  /// From now on, `received` extracts messages.
  /// @pre the handshake is done
  void open() noexcept {
    open_ = true;
  }
  bool is_open() const noexcept {
    return open_;
  }

  // -- writing, once the handshake is done

  /// Appends a message to the output.
  /// @returns errc::too_large, with nothing appended, if the message exceeds
  ///          the frame limit.
  caf::error send(const std::string& channel, const outgoing& x);
  /// Appends a heartbeat to the output. Also frees memory that the link keeps
  /// only for reuse.
  void send_heartbeat();
  /// Appends an empty message, which a cafmesh remote ignores.
  /// @pre the remote is not a Go peer, which would log the message
  void send_blank();
  /// Appends a hold, or the end of a hold. @pre the remote understands holds
  void send_hold(const wire::hold& x);
  /// Appends a message for the remote's overlay to the output.
  /// @returns errc::malformed for a tag that is not for overlays, and
  ///          errc::too_large if the message exceeds the frame limit.
  caf::error send_overlay(wire::message_tag tag, byte_view data);

  /// The bytes to write to the socket. Valid until the next call that is not
  /// const.
  byte_view output() const noexcept {
    return output_.view();
  }
  /// The number of frames appended to the output, including heartbeats and
  /// excluding those of the handshake.
  std::uint64_t frames_out() const noexcept {
    return frames_out_;
  }
  /// To be called when the first `size` bytes of the output have been written.
  void wrote(std::size_t size) {
    output_.drop_front(size);
  }

private:
  struct batch {
    std::shared_ptr<bytes> block;
    std::size_t used = 0;  // in bytes
    bool in_input = false; // whether the block is the input block
  };

  caf::error run_handshake();
  caf::error read_frames(link_intake& out);
  /// Reads one frame of the input. Returns an error if the frame cannot be
  /// opened, or if the frame or its message is malformed.
  /// @pre the frame is not incomplete
  caf::error read_frame(const wire::frame_scan& frame, batch& to,
                        link_intake& out);
  byte_view waiting() const noexcept {
    return {input_->data() + consumed_, filled_ - consumed_};
  }
  /// Whether to hand over the input block together with the messages in it,
  /// which saves copying them.
  bool may_hand_over_input() const noexcept;
  /// Moves the waiting bytes to the front of a block of at least `size` bytes,
  /// which becomes the input block.
  void move_input(std::size_t size);
  /// Releases the input block.
  /// @pre no bytes wait
  void release_input();
  bool input_is_useless() const noexcept;
  /// The number of bytes that sealing adds to a message from the remote; 0
  /// without encryption.
  std::size_t overhead_from_remote() const noexcept {
    return agreed_->from_remote ? crypto::seal_overhead : 0;
  }
  /// Whether the frame is not malformed, too large or too short.
  /// @pre the frame is not incomplete
  bool is_sound(const wire::frame_scan& frame) const noexcept {
    return frame.status == wire::frame_status::complete
           && frame.content.size() >= overhead_from_remote();
  }
  static caf::error why_unsound(const wire::frame_scan& frame);
  /// Writes the plain content of a frame to `plain`.
  /// @param plain points into another block, or into `content`: to the byte
  ///        after the authentication tag of a sealed frame, or to the start of
  ///        a plain frame
  /// @pre `is_sound` has returned true for the frame
  /// @returns false if the frame cannot be opened
  bool open_frame(byte_view content, std::uint8_t* plain);
  caf::error read_message(const std::uint8_t* block, std::size_t offset,
                          std::size_t size, link_intake& out);
  channel_deliveries& deliveries_for(std::string_view channel,
                                     link_intake& out);
  channel_name name_of(std::string_view channel);
  /// Appends a frame of `head` and `body` to the output.
  /// @returns false, with nothing done, if the frame would exceed the limit.
  bool put_frame(byte_view head, byte_view body);
  void shrink();

  std::unique_ptr<crypto::handshake> handshake_; // null once it is done
  std::optional<crypto::handshake_result> agreed_;
  bool open_ = false;
  bool has_overlay_ = true;

  static constexpr std::size_t first_room = 4 * 1024;
  static constexpr std::size_t few_reads = 64;
  std::shared_ptr<bytes> no_input_ = std::make_shared<bytes>();
  std::shared_ptr<bytes> input_ = no_input_;
  std::size_t next_room_ = first_room; // the size of the next input block
  // The bytes (*input_)[consumed_ .. filled_) were read but not processed.
  std::size_t filled_ = 0;
  std::size_t consumed_ = 0;
  // The size in bytes of the incomplete frame in the input; 0 if there is no
  // such frame or its size is not known.
  std::size_t needed_ = 0;
  bool was_full_ = false; // whether the last read filled the block
  buffer_pool blocks_;
  envelope_reader envelopes_;

  output_buffer output_;
  std::uint64_t frames_out_ = 0;
  latest_head head_;

  std::size_t most_read_ = 0; // the most input held since the last heartbeat
  std::size_t reads_since_heartbeat_ = 0; // counted up to `few_reads`

  // The names of the first `max_known_channels` channels seen on this
  // connection. Batches share these names instead of allocating their own.
  std::vector<channel_name> known_channels_;
  // Maps the names of the current batch's channels, except for the first
  // `few_channels`, to indices in `link_intake::channels`.
  std::map<std::string_view, std::size_t> by_name_;
};

} // namespace cafmesh
