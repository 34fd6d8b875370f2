#include "one_time_tag.hpp"

#include <memory>

#include <openssl/evp.h>
#include <sodium.h>

namespace cafmesh::crypto {

namespace {

static_assert(tag_size == crypto_onetimeauth_BYTES);
static_assert(tag_key_size == crypto_onetimeauth_KEYBYTES);

// From here on OpenSSL, which uses all of the processor's vectors where
// libsodium uses half of them, makes up for being slower to start: 64 KiB take
// 11 us instead of 20, 1 KiB 0.29 instead of 0.39.
constexpr std::size_t long_text = 384;

struct deleter {
  void operator()(EVP_MAC* x) const noexcept {
    EVP_MAC_free(x);
  }
  void operator()(EVP_MAC_CTX* x) const noexcept {
    EVP_MAC_CTX_free(x);
  }
};

// Null where OpenSSL has no Poly1305: it may be set up to have approved
// algorithms alone.
EVP_MAC_CTX* context_of_this_thread() noexcept {
  static thread_local const std::unique_ptr<EVP_MAC_CTX, deleter> result = [] {
    std::unique_ptr<EVP_MAC, deleter> poly1305{
      EVP_MAC_fetch(nullptr, "POLY1305", nullptr)};
    return std::unique_ptr<EVP_MAC_CTX, deleter>{
      poly1305 ? EVP_MAC_CTX_new(poly1305.get()) : nullptr};
  }();
  return result.get();
}

bool make_tag_of_long_text(byte_view text, const std::uint8_t* key,
                           std::uint8_t* tag) noexcept {
  auto context = context_of_this_thread();
  std::size_t written = 0;
  return context && EVP_MAC_init(context, key, tag_key_size, nullptr) == 1
         && EVP_MAC_update(context, text.data(), text.size()) == 1
         && EVP_MAC_final(context, tag, &written, tag_size) == 1;
}

} // namespace

void make_tag(byte_view text, const std::uint8_t* key,
              std::uint8_t* tag) noexcept {
  if (text.size() < long_text || !make_tag_of_long_text(text, key, tag))
    crypto_onetimeauth(tag, text.data(), text.size(), key);
}

bool has_tag(byte_view text, const std::uint8_t* key,
             const std::uint8_t* tag) noexcept {
  std::uint8_t expected[tag_size];
  make_tag(text, key, expected);
  return crypto_verify_16(expected, tag) == 0;
}

} // namespace cafmesh::crypto
