#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <cafmesh/bytes.hpp>

/// Helpers of the fuzz targets. A target passes the fuzzer's bytes to the
/// library's readers, and checks what must be true for any input.
namespace cafmesh::fuzz {

/// Reports the current input as a finding if `holds` is false.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline void require_within(byte_view part, byte_view whole) {
  require(part.empty()
            || (part.begin() >= whole.begin() && part.end() <= whole.end()),
          "a view stays within what was read");
}

/// Hands out the fuzzer's bytes from the front, followed by zeros.
class input {
public:
  input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {
  }

  bool empty() const {
    return rest_.empty();
  }
  std::uint8_t byte() {
    if (rest_.empty())
      return 0;
    auto result = rest_[0];
    rest_ = rest_.sub(1);
    return result;
  }
  std::uint16_t two_bytes() {
    auto high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  /// Reads a length of two bytes, and then that many bytes. If fewer bytes are
  /// left, reads all of them.
  byte_view run() {
    auto size = std::min<std::size_t>(two_bytes(), rest_.size());
    auto result = rest_.sub(0, size);
    rest_ = rest_.sub(size);
    return result;
  }
  byte_view rest() const {
    return rest_;
  }

private:
  byte_view rest_;
};

/// The sizes of the pieces in which bytes arrive. One byte of the input chooses
/// between one piece, single bytes and mixed sizes.
class fragments {
public:
  explicit fragments(std::uint8_t how) : state_(how) {
  }

  std::size_t next() {
    if (state_ == 0)
      return SIZE_MAX;
    if (state_ == 1)
      return 1;
    state_ = state_ * 1'103'515'245u + 12'345u;
    auto random = state_ >> 16;
    return random % 4 == 0 ? 1 + random / 4 % 512 : 1 + random / 4 % 8;
  }

private:
  std::uint32_t state_;
};

/// Passes the input to the reader that its first byte chooses. The reader gets
/// the other bytes, as text.
template <std::size_t N>
void read_with(void (*const (&readers)[N])(const std::string&),
               const std::uint8_t* data, std::size_t size) {
  if (size > 0)
    readers[data[0] % N](
      std::string{reinterpret_cast<const char*>(data) + 1, size - 1});
}

/// Calls `f(piece)` for each piece in order, until `f` returns false.
template <class F>
void in_pieces(byte_view all, std::uint8_t how, F f) {
  fragments sizes{how};
  while (!all.empty()) {
    auto size = std::min(sizes.next(), all.size());
    if (!f(all.sub(0, size)))
      return;
    all = all.sub(size);
  }
}

} // namespace cafmesh::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);
