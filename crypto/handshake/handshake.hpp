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

/// The introduction, with which each connection starts (PROTOCOL.md,
/// "Introduction and frames"), as a state machine without a socket. The caller
/// passes in the bytes that arrive, and sends the bytes that the machine
/// returns.
namespace cafmesh::crypto {

/// The passwords that a node accepts. An empty list means no encryption; a list
/// of one empty password means encryption.
using password_list = std::shared_ptr<const std::vector<password>>;

struct handshake_config {
  bool outbound = false;
  std::uint8_t min_version = 1;
  std::uint8_t max_version = 2;
  /// Null means no passwords.
  password_list passwords;
  /// The index of the password to use if we opened the connection. Otherwise,
  /// we use the password that opens the remote's first sealed frame.
  /// @pre below the size of `passwords`, unless that is empty.
  std::size_t dial_with = 0;
  /// The features to send. Version 1 sends only some of them.
  wire::feature_map features;
  /// The maximum size in bytes of a frame that arrives before the remote is
  /// authenticated. The sealed frame that authenticates a remote in version 1
  /// may be larger.
  std::size_t max_frame = 64 * 1024;
};

/// The outcome of a successful introduction.
struct handshake_result {
  std::uint8_t version = 0;
  wire::framing framing = wire::framing::length_prefix;
  wire::feature_map features;
  /// Empty without encryption, like the next three members.
  std::optional<key> session_key;
  /// The index of the password that both sides use.
  std::optional<std::size_t> password;
  std::optional<sealed_stream> to_remote;
  std::optional<sealed_stream> from_remote;
  /// In version 1 with encryption, the content of the remote's first sealed
  /// frame. The frame proves that the remote has the password, and its content
  /// is the remote's first message.
  std::optional<bytes> first_message;
};

/// Carries out the introduction. Differs from the Go library in ways that an
/// honest peer does not notice:
/// - An acceptor with a password sends its features only after it has opened
///   the dialler's features.
/// - In version 1 with a password, a dialler sends a heartbeat as soon as it
///   has the acceptor's key. An acceptor sends a heartbeat only after it has
///   opened a sealed frame of the dialler. A remote is authenticated only after
///   one of its sealed frames has opened.
/// - Keys of low order are refused.
/// - Frames up to and including the features are limited to `max_frame`.
class handshake {
public:
  enum class stage : std::uint8_t {
    /// Waits for the header, which is due within `settings::header_timeout`
    /// after the start.
    header,
    /// Waits for a further step. The whole introduction is due within
    /// `settings::effective_patience()` after the start.
    introduction,
    done,
    failed,
  };

  /// @param keys a random pair; used only if there is a password.
  handshake(handshake_config config, const key_pair& keys);

  stage current_stage() const noexcept {
    return stage_;
  }

  /// Returns the bytes to send now. Call this function after construction and
  /// after each `feed`.
  bytes take_output();

  /// Handles received bytes. The caller keeps the bytes that were not consumed,
  /// and passes them again together with the next bytes that arrive. Bytes
  /// after the introduction are not consumed.
  ///
  /// The caller has to limit the memory for incomplete frames. A frame has up
  /// to `max_frame` bytes, or 10 MiB if it is the sealed frame that
  /// authenticates the remote in version 1.
  /// @returns the number of bytes consumed, 0 while more are needed, or the
  ///          error that ends the connection. After a failure, each call
  ///          returns the same error. The caller should still send the output,
  ///          because it tells the remote what we expected.
  caf::expected<std::size_t> feed(byte_view input);

  /// Returns the outcome. May be called once.
  /// @pre `current_stage() == stage::done`
  handshake_result take_result();

private:
  // The number of bytes that a step of the introduction has consumed. nullopt
  // while the step waits for more bytes.
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
  void forget_keys();

  handshake_config config_;
  key_pair keys_;
  stage stage_ = stage::header;
  step (handshake::*next_)(byte_view) = nullptr;
  bytes output_;
  caf::error failure_;
  handshake_result result_;
  // Version 1: the size in bytes of the gob type definitions that have arrived
  // before the features.
  std::size_t definitions_size_ = 0;
  // The session key for each password that the remote may use.
  std::vector<key> session_keys_;
};

} // namespace cafmesh::crypto
