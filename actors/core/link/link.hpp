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
#include "actors/core/link/output_buffer.hpp"
#include "crypto/handshake/handshake.hpp"
#include "messages/internal/traffic.hpp"

namespace cafmesh {

/// What was read, sorted by channel.
struct channel_deliveries {
  channel_name channel;
  std::vector<delivery> messages;
};

/// A message for the overlay.
struct overlay_message {
  wire::message_tag tag;
  payload data;
};

/// What a batch of frames held.
struct link_intake {
  payload block; ///< the deliveries point into it
  std::vector<channel_deliveries> channels;
  std::vector<overlay_message> overlay;
  std::size_t frames = 0;
  std::size_t heartbeats = 0;
  std::size_t unknown_tags = 0;
  std::size_t ignored_channels = 0; ///< messages for names of over 1 KiB
};

/// One connection without its socket: bytes in -> messages out, messages in ->
/// bytes out (protocol sections 2 to 4). Begins with the handshake; then its
/// owner says `open`, and only then are messages taken out of what was read.
/// After an error it is good for nothing but its end.
class link {
public:
  link(crypto::handshake_config config, const crypto::key_pair& keys,
       name_flavour flavour);

  // -- reading

  struct room {
    std::uint8_t* data;
    std::size_t size; ///< never 0
  };

  /// Where to read into. Grows with what the remote really sent: small at
  /// first, larger where reads come back full or a frame needs it.
  room read_room();
  /// How much input there is room for after the next `read_room`.
  std::size_t room_wanted() const noexcept;

  /// @param size how much was read into the room; 0 to look again at what is
  ///        there, after `open`.
  /// @param out receives the messages; none before `open`.
  caf::error received(std::size_t size, link_intake& out);

  // -- state

  crypto::handshake::stage stage() const noexcept {
    return handshake_.current_stage();
  }
  std::uint8_t version() const noexcept {
    return agreed_ ? agreed_->version : std::uint8_t{0};
  }
  bool encrypted() const noexcept {
    return agreed_ && agreed_->to_remote.has_value();
  }
  /// @pre the handshake is done
  const wire::feature_map& remote_features() const noexcept {
    return agreed_->features;
  }
  /// @pre the handshake is done
  const std::optional<crypto::key>& session_key() const noexcept {
    return agreed_->session_key;
  }
  /// From now on messages are taken out. @pre the handshake is done
  void open() noexcept {
    open_ = true;
  }
  bool is_open() const noexcept {
    return open_;
  }

  // -- writing
  // @pre the handshake is done

  /// @returns errc::too_large, with nothing queued, for more than a frame
  /// holds.
  caf::error send(const std::string& channel, const outgoing& x);
  /// Also gives back memory that was of no use since the last one.
  void send_heartbeat();
  /// @returns errc::malformed for a tag that is not for overlays, else the same.
  caf::error send_overlay(wire::message_tag tag, byte_view data);

  /// What is to be written. Valid until the next call that is not const.
  byte_view output() const noexcept {
    return output_.view();
  }
  void wrote(std::size_t size) {
    output_.drop_front(size);
  }

private:
  /// Where the messages of one read are put.
  struct batch {
    std::shared_ptr<bytes> block;
    std::size_t used = 0; // of the block
    bool stays = false;   // the block is that of the input
  };

  caf::error run_handshake();
  caf::error read_frames(link_intake& out);
  /// One that is there, or will never be.
  caf::error take_frame(const wire::frame_scan& frame, batch& to,
                        link_intake& out);
  byte_view waiting() const noexcept {
    return {input_->data() + consumed_, filled_ - consumed_};
  }
  /// Whether messages may stay where they were read, in a block that the next
  /// read does without.
  bool may_give_input_away() const noexcept;
  /// A place of that size to read into, with what waits at its start.
  void move_input(std::size_t size);
  /// @pre nothing waits
  void let_go_of_input();
  bool is_large_and_empty() const noexcept;
  /// What is wrong with a frame, of those that are there or will never be.
  caf::error check(const wire::frame_scan& frame) const;
  /// Puts the plain content of a frame to `plain`: where it is after the seal,
  /// or apart. @pre it was checked
  caf::error open_frame(byte_view content, std::uint8_t* plain);
  /// The message is `block[offset .. offset + size)`.
  caf::error take_message(const std::uint8_t* block, std::size_t offset,
                          std::size_t size, link_intake& out);
  channel_deliveries& bucket(std::string_view channel, link_intake& out);
  channel_name name_of(std::string_view channel);
  /// Puts a frame into the output: what is in `head_`, then `body`.
  /// @returns false, with nothing done, for more than a frame holds.
  bool put_frame(byte_view body);
  void shrink();

  crypto::handshake handshake_;
  std::optional<crypto::handshake_result> agreed_;
  name_flavour flavour_;
  bool open_ = false;

  static constexpr std::size_t first_room = 4 * 1024;
  std::shared_ptr<bytes> no_input_ = std::make_shared<bytes>();
  std::shared_ptr<bytes> input_ = no_input_;
  std::size_t next_room_ = first_room; // asked for, or to be asked for next
  std::size_t filled_ = 0;             // (*input_)[consumed_ .. filled_) waits
  std::size_t consumed_ = 0;
  std::size_t needed_ = 0; // bytes of the frame that waits, if known
  bool was_full_ = false;  // the last read took all the room
  buffer_pool blocks_;

  output_buffer output_;
  bytes head_; // of the message at hand, up to its data
  bytes frame_header_;

  std::size_t most_read_ = 0; // since the last heartbeat

  // Names seen on this connection, so that a batch need not make them anew.
  std::vector<channel_name> known_channels_;
  // Where the batch at hand has which channel, but for the first few.
  std::map<std::string_view, std::size_t> by_name_;
};

} // namespace cafmesh
