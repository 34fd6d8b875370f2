#include "crypto/handshake/handshake.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "messages/wire/envelope.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh::crypto {

namespace {

constexpr std::string_view magic = "weave";
constexpr std::size_t header_size = magic.size() + 2;
constexpr const char* public_key_feature = "PublicKey";

// A step returns this while it waits for more input.
const std::optional<std::size_t> more_needed;

std::optional<std::size_t> took(std::size_t size) {
  return size;
}

std::string range(std::uint8_t min, std::uint8_t max) {
  return "[" + std::to_string(min) + ", " + std::to_string(max) + "]";
}

caf::error only_we_encrypt() {
  return make_error(errc::encryption_mismatch,
                    "expected encryption as on our side, got a remote without "
                    "a password");
}

caf::error only_they_encrypt() {
  return make_error(errc::encryption_mismatch,
                    "expected no encryption as on our side, got a remote with "
                    "a password");
}

caf::error too_long(std::size_t limit) {
  return make_error(errc::too_large,
                    "expected at most " + std::to_string(limit)
                      + " bytes in a frame of a remote that is not accepted "
                        "yet, got one that announces more");
}

caf::error wrong_password() {
  return make_error(errc::cannot_open,
                    "expected a frame sealed with a password that we accept, "
                    "got one that does not open: another password, or damage");
}

caf::error malformed_input(const char* expected) {
  return make_error(errc::malformed,
                    std::string{"expected "} + expected + ", got other bytes");
}

/// Whether the first value of a gob stream, with all definitions before it, has
/// arrived. Returns an error if it takes more than `limit` bytes.
/// @param passed the size of the definitions that have arrived completely. The
///        caller keeps this size for the next call. Otherwise a remote that
///        sends byte by byte would make us read all definitions again for each
///        byte.
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

/// The frame at the front of `input`; nullopt while it is not complete.
caf::expected<std::optional<wire::frame_scan>>
scan(wire::framing kind, byte_view input, std::size_t limit) {
  auto frame = wire::scan_frame(kind, input, limit);
  switch (frame.status) {
  case wire::frame_status::complete:
    return std::optional{frame};
  case wire::frame_status::incomplete:
    break;
  case wire::frame_status::too_large:
    return too_long(limit);
  case wire::frame_status::malformed:
    return malformed_input("a frame");
  }
  return std::optional<wire::frame_scan>{};
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

// `keys` is not taken by value: moving a key copies it, so two copies would
// have to be wiped.
// NOLINTNEXTLINE(modernize-pass-by-value)
handshake::handshake(handshake_config config, const key_pair& keys)
    : config_(std::move(config)), keys_(keys), next_(&handshake::read_header) {
  output_.assign(magic.begin(), magic.end());
  output_.push_back(config_.min_version);
  output_.push_back(config_.max_version);
}

bytes handshake::take_output() {
  return std::exchange(output_, {});
}

caf::expected<std::size_t> handshake::feed(byte_view input) {
  std::size_t result = 0;
  while (stage_ != stage::done) {
    if (stage_ == stage::failed)
      return failure_;
    auto taken = (this->*next_)(input.sub(result));
    if (!taken) {
      stage_ = stage::failed;
      failure_ = std::move(taken.error());
      forget_keys();
    } else if (!*taken) {
      break;
    } else {
      result += **taken;
    }
  }
  return result;
}

handshake_result handshake::take_result() {
  return std::move(result_);
}

// -- header

handshake::step handshake::read_header(byte_view input) {
  // Checks as much of the header as has arrived, because a remote of another
  // protocol may never send all seven bytes.
  auto came = input.sub(0, header_size).as_text();
  auto start = came.substr(0, magic.size());
  if (start != magic.substr(0, start.size()))
    return make_error(errc::bad_header,
                      "expected 'weave' and two version numbers, got "
                        + escaped_in_quotes(came));
  if (input.size() < header_size)
    return more_needed;
  if (auto err = agree_on_version(input[magic.size()], input[magic.size() + 1]))
    return err;
  stage_ = stage::introduction;
  if (result_.version == 1)
    begin_version_1();
  else
    begin_version_2();
  return took(header_size);
}

caf::error handshake::agree_on_version(std::uint8_t min, std::uint8_t max) {
  auto chosen = std::min(max, config_.max_version);
  if (std::max(min, config_.min_version) > chosen)
    return make_error(errc::version_mismatch,
                      "expected a version range that meets ours, "
                        + range(config_.min_version, config_.max_version)
                        + ", got " + range(min, max));
  result_.version = chosen;
  return caf::none;
}

// -- version 2

void handshake::begin_version_2() {
  result_.framing = wire::framing::length_prefix;
  next_ = &handshake::read_public_key;
  output_.push_back(encrypts() ? 1 : 0);
  if (encrypts())
    output_.insert(output_.end(), keys_.open_half.begin(),
                   keys_.open_half.end());
}

handshake::step handshake::read_public_key(byte_view input) {
  if (input.empty())
    return more_needed;
  auto flag = input[0];
  if (flag > 1)
    return make_error(errc::malformed, "expected an encryption flag of 0 or 1, "
                                       "got "
                                         + std::to_string(flag));
  if (flag == 0 && encrypts())
    return only_we_encrypt();
  if (flag == 1 && !encrypts())
    return only_they_encrypt();
  auto size = flag == 0 ? 1 : 1 + public_key_size;
  if (input.size() < size)
    return more_needed;
  next_ = &handshake::read_features;
  if (flag == 0) {
    send_features();
    return took(size);
  }
  public_key theirs;
  std::copy_n(input.data() + 1, public_key_size, theirs.begin());
  if (auto err = derive_session_keys(theirs))
    return err;
  // Only the dialler sends its features now. If an acceptor did, a stranger
  // could test passwords against them offline, so the dialler must first show
  // that it knows a password.
  if (config_.outbound)
    send_features();
  return took(size);
}

void handshake::send_features() {
  bytes plain;
  wire::append_features(plain, config_.features);
  if (result_.to_remote) {
    send_sealed(plain);
    return;
  }
  wire::append_frame_header(result_.framing, plain.size(), output_);
  output_.insert(output_.end(), plain.begin(), plain.end());
}

handshake::step handshake::read_features(byte_view input) {
  auto frame = scan(result_.framing, input, config_.max_frame);
  if (!frame)
    return frame.error();
  if (!*frame)
    return more_needed;
  bytes plain;
  auto content = (*frame)->content;
  if (encrypts()) {
    auto opened = open_first_frame(content);
    if (!opened)
      return wrong_password();
    plain = std::move(*opened);
    content = plain;
  }
  auto features = wire::read_features(content);
  if (!features)
    return features.error();
  result_.features = std::move(*features);
  if (encrypts() && !config_.outbound)
    send_features();
  finish();
  return took((*frame)->consumed);
}

// -- version 1

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
    return took(consumed);
  }
  auto theirs = parse_public_key(digits->second);
  if (!theirs)
    return theirs.error();
  if (auto err = derive_session_keys(*theirs))
    return err;
  next_ = &handshake::read_proof;
  // Only the dialler sends its proof now: an acceptor sends nothing sealed to a
  // remote that may be guessing passwords.
  if (config_.outbound)
    send_proof();
  return took(consumed);
}

void handshake::send_proof() {
  // The proof is a heartbeat, the smallest message that every peer understands.
  const bytes heartbeat{
    static_cast<std::uint8_t>(wire::message_tag::heartbeat)};
  send_sealed(heartbeat);
}

handshake::step handshake::read_proof(byte_view input) {
  // The limit is that of any frame, not `max_frame`, because the first sealed
  // frame of a Go peer holds its whole topology.
  auto frame = scan(result_.framing, input, wire::max_frame_size);
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
  return took((*frame)->consumed);
}

// -- encryption

caf::error handshake::derive_session_keys(const public_key& theirs) {
  const auto& accepted = *config_.passwords;
  auto first = config_.outbound ? config_.dial_with : 0;
  auto last = config_.outbound ? first + 1 : accepted.size();
  for (auto i = first; i < last; ++i) {
    auto session_key = make_session_key(keys_, theirs, accepted[i]);
    if (!session_key)
      return session_key.error();
    session_keys_.push_back(*session_key);
  }
  if (session_keys_.size() == 1)
    result_.to_remote.emplace(session_keys_.front(), config_.outbound);
  return caf::none;
}

std::optional<bytes> handshake::open_first_frame(byte_view box) {
  if (box.size() < seal_overhead)
    return std::nullopt;
  bytes plain(box.size() - seal_overhead);
  auto first = config_.outbound ? config_.dial_with : 0;
  for (std::size_t i = 0; i < session_keys_.size(); ++i) {
    const auto& session_key = session_keys_[i];
    sealed_stream from_remote{session_key, !config_.outbound};
    if (!from_remote.open(box.data(), box.size(), plain.data()))
      continue;
    result_.session_key = session_key;
    result_.password = first + i;
    result_.from_remote = std::move(from_remote);
    if (!result_.to_remote)
      result_.to_remote.emplace(session_key, config_.outbound);
    return plain;
  }
  return std::nullopt;
}

void handshake::send_sealed(byte_view plain) {
  auto size = seal_overhead + plain.size();
  wire::append_frame_header(result_.framing, size, output_);
  output_.resize(output_.size() + size);
  result_.to_remote->seal({}, plain, output_.data() + output_.size() - size);
}

void handshake::finish() {
  stage_ = stage::done;
  session_keys_.clear();
  config_.features.clear();
}

// Drops the keys of a failed introduction, because this object may exist for
// minutes longer, until the connection ends.
void handshake::forget_keys() {
  session_keys_.clear();
  result_.session_key.reset();
  result_.to_remote.reset();
  result_.from_remote.reset();
}

} // namespace cafmesh::crypto
