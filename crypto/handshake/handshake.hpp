#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "crypto/frames/sealed_stream.hpp"
#include "crypto/keys/session_key.hpp"
#include "messages/wire/features.hpp"
#include "messages/wire/frame.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/password.hpp>

/// The intro (protocol section 2) as a state machine without a socket: feed it
/// what was read, write what it has to say.
namespace cafmesh::crypto {

/// The passwords that a node accepts. Empty: no encryption at all. One empty
/// password is encryption all the same.
using password_list = std::shared_ptr<const std::vector<password>>;

struct handshake_config {
  /// Whether we opened the connection.
  bool outbound = false;
  std::uint8_t min_version = 1;
  std::uint8_t max_version = 2;
  /// May be null, like empty.
  password_list passwords;
  /// Which of them a dialler seals with; an acceptor answers with the one that
  /// the dialler's features opened with. Within `passwords`, unless that is
  /// empty.
  std::size_t dial_with = 0;
  /// Everything that we say of ourselves.
  wire::feature_map features;
  /// Limit on each of the remote's frames before it has proved itself, but for
  /// the proof itself in version 1.
  std::size_t max_frame = 64 * 1024;
};

/// What an accepted remote and we agreed on.
struct handshake_result {
  std::uint8_t version = 0;
  wire::framing framing = wire::framing::length_prefix;
  wire::feature_map features;
  /// With encryption only.
  std::optional<key> session_key;
  std::optional<sealed_stream> to_remote;
  std::optional<sealed_stream> from_remote;
  /// Version 1 with encryption: the sealed frame that proved the remote is its
  /// first message already.
  std::optional<bytes> first_message;
};

/// Differences from the Go library, none visible to an honest peer: an
/// acceptor with a password sends its features only after the dialler's have
/// opened; in version 1 with a password a dialler sends a heartbeat at once, an
/// acceptor after a sealed frame of the dialler's has opened, and nobody is
/// accepted before one of his has; keys of low order are refused; frames are
/// small until the features have come.
class handshake {
public:
  enum class stage : std::uint8_t {
    /// The header is due within 10 s of the start.
    header,
    /// Each further step is due within the read deadline.
    introduction,
    done,
    failed,
  };

  /// @param keys chance, from outside; used only with a password.
  handshake(handshake_config config, const key_pair& keys);

  stage current_stage() const noexcept {
    return stage_;
  }

  /// What must be written now. Ask after construction and after each feed.
  bytes take_output();

  /// Takes what it needs from the front of `input` and leaves the rest: bytes
  /// behind the intro belong to the caller. It takes whole steps and keeps no
  /// part of one: what it left must come again, at the front and with more
  /// behind it. It waits for no more than a frame: of `max_frame`, but for the
  /// sealed one that proves the remote in version 1, which may have 10 MiB. Who
  /// keeps the input has to see to it that many strangers do not fill the memory
  /// with those.
  /// @returns how much it took, 0 while it waits for more, or the error that
  ///          ends the connection. Once failed it fails with the same error
  ///          for ever; output from before is worth sending all the same, as
  ///          it tells the remote what we expected.
  caf::expected<std::size_t> feed(byte_view input);

  /// @pre `current_stage() == stage::done`; once.
  handshake_result take_result();

private:
  // How much of the input one step took; nothing while it waits for more.
  using step = caf::expected<std::optional<std::size_t>>;

  step read_header(byte_view input);
  step read_public_key(byte_view input);
  step read_features(byte_view input);
  step read_version_1_features(byte_view input);
  step read_proof(byte_view input);

  bool encrypts() const noexcept {
    return config_.passwords && !config_.passwords->empty();
  }
  caf::error agree_on_version(std::uint8_t min, std::uint8_t max);
  void begin_version_1();
  void begin_version_2();
  caf::error derive_session_keys(const public_key& theirs);
  std::optional<bytes> open_first_frame(byte_view box);
  void send_sealed(byte_view plain);
  void send_features();
  void send_proof();
  void finish();

  handshake_config config_;
  key_pair keys_;
  stage stage_ = stage::header;
  step (handshake::*next_)(byte_view) = nullptr;
  bytes output_;
  caf::error failure_;
  handshake_result result_;
  // One for each password that the remote may have.
  std::vector<key> session_keys_;
};

} // namespace cafmesh::crypto
