#include "crypto/handshake/handshake.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/handshake/handshake_steps.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// Carries out the steps of an introduction in order. This file has the
// encryption and the steps of version 2. `handshake_version_1.cpp` has the
// steps of version 1.
namespace cafmesh::crypto {

using namespace steps;

namespace {

constexpr std::string_view magic = "weave";
constexpr std::size_t header_size = magic.size() + 2;

std::string range(std::uint8_t min, std::uint8_t max) {
  return "[" + std::to_string(min) + ", " + std::to_string(max) + "]";
}

} // namespace

// `keys` is not taken by value: moving a key copies it, so there would be two
// copies to wipe.
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
  // Checks even an incomplete header, because a remote that speaks a different
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
  return bytes_consumed(header_size);
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
    return bytes_consumed(size);
  }
  public_key theirs;
  std::copy_n(input.data() + 1, public_key_size, theirs.begin());
  if (auto err = derive_session_keys(theirs))
    return err;
  // The dialler sends its features first, which shows that it has a password.
  // If the acceptor sent its features first, anyone could connect, and then
  // test passwords offline against these features.
  if (config_.outbound)
    send_features();
  return bytes_consumed(size);
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
  auto frame = frame_at_front(result_.framing, input, config_.max_frame);
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
  return bytes_consumed((*frame)->consumed);
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

// Drops the keys after a failed introduction, because this object may exist
// until the connection ends, minutes later.
void handshake::forget_keys() {
  session_keys_.clear();
  result_.session_key.reset();
  result_.to_remote.reset();
  result_.from_remote.reset();
}

} // namespace cafmesh::crypto
