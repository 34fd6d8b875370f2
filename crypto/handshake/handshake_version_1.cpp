#include <string>
#include <utility>

#include "crypto/handshake/handshake.hpp"
#include "crypto/handshake/handshake_steps.hpp"
#include "messages/wire/envelope.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The steps of an introduction in version 1 of the protocol, from the features
// to the proof that the remote has the password.
namespace cafmesh::crypto {

using namespace steps;

namespace {

constexpr const char* public_key_feature = "PublicKey";

/// Whether the first value of a gob stream has arrived. Returns an error if the
/// value and the type definitions before it take more than `limit` bytes.
/// @param passed the size in bytes of the definitions that earlier calls have
///        read. The caller keeps it, so that a remote that sends byte by byte
///        cannot make us read all definitions again for each byte.
caf::expected<bool> has_gob_value(byte_view input, std::size_t limit,
                                  std::size_t& passed) {
  auto rest = input.sub(passed);
  for (;;) {
    wire::gob_message message;
    auto status = wire::take_gob_message(rest, message);
    wire::gob_cursor start{rest};
    switch (status) {
    case wire::gob_status::complete:
      if (input.size() - rest.size() > limit)
        return too_long(limit);
      if (message.type > 0)
        return true;
      passed = input.size() - rest.size();
      break;
    case wire::gob_status::end:
      return false;
    case wire::gob_status::incomplete:
      if (auto size = start.read_uint(); start.ok() && size > limit - passed)
        return too_long(limit);
      return false;
    case wire::gob_status::malformed:
      return malformed_input("a gob stream of features");
    }
  }
}

caf::expected<public_key> parse_public_key(const std::string& digits) {
  public_key result;
  if (digits.size() == 2 * result.size()
      && from_hex(digits, result.data(), result.size()))
    return result;
  return make_error(errc::bad_feature,
                    "feature PublicKey: expected 64 hex digits, got "
                      + escaped_in_quotes(digits));
}

} // namespace

void handshake::begin_version_1() {
  result_.framing = wire::framing::gob;
  next_ = &handshake::read_version_1_features;
  auto features = wire::version_1_features(config_.features);
  if (encrypts())
    features[public_key_feature] =
      to_hex({keys_.open_half.data(), keys_.open_half.size()});
  wire::append_features(output_, features);
}

handshake::step handshake::read_version_1_features(byte_view input) {
  auto complete = has_gob_value(input, config_.max_frame, definitions_size_);
  if (!complete)
    return complete.error();
  if (!*complete)
    return more_needed;
  std::size_t consumed = 0;
  auto features = wire::read_features(input, &consumed);
  if (!features)
    return features.error();
  result_.features = wire::version_1_features(*features);
  auto digits = features->find(public_key_feature);
  auto they_encrypt = digits != features->end();
  if (they_encrypt != encrypts())
    return they_encrypt ? only_they_encrypt() : only_we_encrypt();
  if (!they_encrypt) {
    finish();
    return bytes_consumed(consumed);
  }
  auto theirs = parse_public_key(digits->second);
  if (!theirs)
    return theirs.error();
  if (auto err = derive_session_keys(*theirs))
    return err;
  next_ = &handshake::read_proof;
  // The dialler sends its proof first. An acceptor sends nothing sealed before
  // it has the dialler's proof, because the dialler may be guessing passwords.
  if (config_.outbound)
    send_proof();
  return bytes_consumed(consumed);
}

void handshake::send_proof() {
  // A heartbeat is the smallest message that every peer understands.
  const bytes heartbeat{
    static_cast<std::uint8_t>(wire::message_tag::heartbeat)};
  send_sealed(heartbeat);
}

handshake::step handshake::read_proof(byte_view input) {
  // Exceeds `max_frame`, because a Go peer's first sealed frame may describe
  // the whole mesh.
  auto frame = frame_at_front(result_.framing, input, wire::max_frame_size);
  if (!frame)
    return frame.error();
  if (!*frame)
    return more_needed;
  result_.first_message = open_first_frame((*frame)->content);
  if (!result_.first_message)
    return wrong_password();
  if (!config_.outbound)
    send_proof();
  finish();
  return bytes_consumed((*frame)->consumed);
}

} // namespace cafmesh::crypto
