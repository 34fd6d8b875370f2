#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/bytes.hpp>

struct evp_mac_ctx_st; // a type of OpenSSL

/// Poly1305 tags, which authenticate frames (PROTOCOL.md, "Sealed frames").
namespace cafmesh::crypto {

constexpr std::size_t tag_size = 16;
/// The size of a key in bytes. Each key must be used only once: two tags under
/// the same key reveal the key.
constexpr std::size_t tag_key_size = 32;

/// Makes and checks tags. Keeps no key between calls.
class tag_maker {
public:
  /// Writes the tag of `text` to `tag`, which has room for `tag_size` bytes.
  /// @param key `tag_key_size` bytes.
  void make(byte_view text, const std::uint8_t* key,
            std::uint8_t* tag) noexcept;

  /// Whether `tag` is the tag of `text`. The comparison takes constant time.
  bool check(byte_view text, const std::uint8_t* key,
             const std::uint8_t* tag) noexcept;

  /// Makes the tag of a long text.
  /// @returns false if OpenSSL made no tag. OpenSSL has no Poly1305 if it is
  ///          configured to offer only approved algorithms.
  bool make_with_openssl(byte_view text, const std::uint8_t* key,
                         std::uint8_t* tag) noexcept;

private:
  struct deleter {
    void operator()(evp_mac_ctx_st* x) const noexcept;
  };
  using context_ptr = std::unique_ptr<evp_mac_ctx_st, deleter>;
  static context_ptr make_context() noexcept;

  context_ptr context_; // null until needed, or without Poly1305
  bool has_tried_ = false;
};

} // namespace cafmesh::crypto
