#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/bytes.hpp>

struct evp_mac_ctx_st; // OpenSSL's

/// The tags of sealed frames: Poly1305 (protocol section 3).
namespace cafmesh::crypto {

constexpr std::size_t tag_size = 16;
/// Of a key that is good for one text: two tags under the same one give it away.
constexpr std::size_t tag_key_size = 32;

/// Makes the tags of one direction's frames, one at a time. Of the keys it keeps
/// nothing.
class tag_maker {
public:
  /// Writes the `tag_size` bytes of `text`'s tag under a key of `tag_key_size`.
  void make(byte_view text, const std::uint8_t* key,
            std::uint8_t* tag) noexcept;

  /// Whether that is the tag, in a time that does not say where it differs.
  bool check(byte_view text, const std::uint8_t* key,
             const std::uint8_t* tag) noexcept;

  /// How `make` does it with long texts.
  /// @returns false, having written nothing, where OpenSSL has no Poly1305: it
  ///          may be set up to have approved algorithms alone.
  bool make_with_openssl(byte_view text, const std::uint8_t* key,
                         std::uint8_t* tag) noexcept;

private:
  struct deleter {
    void operator()(evp_mac_ctx_st* x) const noexcept;
  };
  using context_ptr = std::unique_ptr<evp_mac_ctx_st, deleter>;
  static context_ptr make_context() noexcept;

  context_ptr context_; // null until there is a long text
  bool has_tried_ = false;
};

} // namespace cafmesh::crypto
