#include "crypto/frames/sealed_stream.hpp"

#include <algorithm>
#include <cstring>

#include <sodium.h>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

namespace {

constexpr std::size_t block_size = 64;
// libsodium makes 4 or 8 blocks of key stream in the time of one, but makes
// leftover blocks one by one. So we ask for multiples of 4 or 8 blocks where
// possible.
constexpr std::size_t short_stride = 4 * block_size;
constexpr std::size_t stride = 8 * block_size;
constexpr std::size_t nonce_tail_size = crypto_stream_salsa20_NONCEBYTES;

static_assert(tag_size == seal_overhead);
static_assert(key::size == crypto_stream_salsa20_KEYBYTES);

// Writes the exclusive or of `text` and `stream` to `to`. Works on words,
// because compilers do not vectorise a loop over bytes whose buffers may be the
// same.
void add_to(const std::uint8_t* text, const std::uint8_t* stream,
            std::size_t size, std::uint8_t* to) noexcept {
  std::size_t done = 0;
  for (; size - done >= 4 * sizeof(std::uint64_t);
       done += 4 * sizeof(std::uint64_t)) {
    std::uint64_t x[4];
    std::uint64_t y[4];
    std::memcpy(x, text + done, sizeof x);
    std::memcpy(y, stream + done, sizeof y);
    for (int i = 0; i < 4; ++i)
      x[i] ^= y[i];
    std::memcpy(to + done, x, sizeof x);
  }
  for (; done < size; ++done)
    to[done] = text[done] ^ stream[done];
}

/// Rounds `size` up to 1, 4 or 8 blocks, which libsodium makes quickly.
/// @pre `0 < size && size <= stride`
constexpr std::size_t quick_size(std::size_t size) noexcept {
  if (size <= block_size)
    return block_size;
  return size <= short_stride ? short_stride : stride;
}

/// Returns how much of a key stream of `size` bytes to make first. A stream of
/// up to one stride is made in one piece. A longer stream begins with one block
/// if the rest is whole strides and at most one more block. Otherwise it begins
/// with one stride.
constexpr std::size_t front_size(std::size_t size) noexcept {
  if (size <= stride)
    return quick_size(size);
  return (size - block_size) % stride <= block_size ? block_size : stride;
}

/// The key stream of one frame. As in secretbox, the first 32 bytes are the key
/// of the frame's tag, and the other bytes encrypt the text. This object keeps
/// the first part of the stream, and wipes it on destruction.
class frame_stream {
public:
  frame_stream(std::uint64_t sequence, const key& subkey,
               std::size_t text_size) noexcept
      : subkey_(subkey), size_(front_size(tag_key_size + text_size)) {
    for (auto& x : nonce_tail_) {
      x = static_cast<std::uint8_t>(sequence >> 56);
      sequence <<= 8;
    }
    crypto_stream_salsa20(front_, size_, nonce_tail_, subkey.data());
  }
  frame_stream(const frame_stream&) = delete;
  frame_stream& operator=(const frame_stream&) = delete;
  ~frame_stream() {
    wipe(front_, size_);
  }

  const std::uint8_t* tag_key() const noexcept {
    return front_;
  }

  /// The smallest positive offset that `apply` accepts and that is at least
  /// `size`.
  std::size_t next_offset(std::size_t size) const noexcept {
    auto front = size_ - tag_key_size;
    if (size <= front)
      return front;
    return front + (size - front + stride - 1) / stride * stride;
  }

  /// Encrypts or decrypts `size` bytes at `offset` of the text. `from` and `to`
  /// are equal or do not overlap.
  /// @pre `offset` is 0 or a result of `next_offset`
  void apply(std::size_t offset, const std::uint8_t* from, std::size_t size,
             std::uint8_t* to) const noexcept {
    std::size_t done = 0;
    if (offset == 0) {
      done = std::min(size, size_ - tag_key_size);
      add_to(from, front_ + tag_key_size, done, to);
    }
    if (size > done)
      apply_rest((offset + done + tag_key_size) / block_size, from + done,
                 size - done, to + done);
  }

private:
  void apply_rest(std::size_t block, const std::uint8_t* from, std::size_t size,
                  std::uint8_t* to) const noexcept {
    auto tail = size % stride;
    // Eight blocks take libsodium as long as one, so rounding up a single block
    // at the end would gain nothing.
    auto by_itself = tail <= block_size;
    auto now = by_itself ? size : size - tail;
    if (now > 0)
      crypto_stream_salsa20_xor_ic(to, from, now, nonce_tail_, block,
                                   subkey_.data());
    if (by_itself)
      return;
    std::uint8_t buffer[stride];
    auto quick = quick_size(tail);
    std::memcpy(buffer, from + now, tail);
    std::memset(buffer + tail, 0, quick - tail);
    crypto_stream_salsa20_xor_ic(buffer, buffer, quick, nonce_tail_,
                                 block + now / block_size, subkey_.data());
    std::memcpy(to + now, buffer, tail);
    wipe(buffer, quick);
  }

  const key& subkey_;
  std::size_t size_;
  std::uint8_t nonce_tail_[nonce_tail_size];
  std::uint8_t front_[stride];
};

} // namespace

sealed_stream::sealed_stream(const key& session_key, bool sender_outbound) {
  initialize();
  // Bit 7 is the direction, so that the two ends use different nonces. Bit 6
  // separates these nonces from those of overlays, which share the session key.
  std::uint8_t nonce_head[crypto_core_hsalsa20_INPUTBYTES] = {};
  nonce_head[0] = sender_outbound ? 0xc0 : 0x40;
  crypto_core_hsalsa20(subkey_.data(), nonce_head, session_key.data(), nullptr);
}

// Encrypts most of a long body without copying it first.
void sealed_stream::seal(byte_view head, byte_view body,
                         std::uint8_t* box) noexcept {
  auto text = box + seal_overhead;
  auto size = head.size() + body.size();
  frame_stream stream{sequence_, subkey_, size};
  auto together = std::min(stream.next_offset(head.size()), size);
  std::copy(head.begin(), head.end(), text);
  if (together > head.size())
    std::memcpy(text + head.size(), body.data(), together - head.size());
  stream.apply(0, text, together, text);
  if (size > together)
    stream.apply(together, body.data() + (together - head.size()),
                 size - together, text + together);
  tags_.make({text, size}, stream.tag_key(), box);
  ++sequence_;
}

bool sealed_stream::open(const std::uint8_t* box, std::size_t size,
                         std::uint8_t* plain) noexcept {
  if (size < seal_overhead)
    return false;
  auto text = box + seal_overhead;
  auto text_size = size - seal_overhead;
  frame_stream stream{sequence_, subkey_, text_size};
  if (!tags_.check({text, text_size}, stream.tag_key(), box))
    return false;
  stream.apply(0, text, text_size, plain);
  ++sequence_;
  return true;
}

} // namespace cafmesh::crypto
