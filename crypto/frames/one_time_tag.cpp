#include "crypto/frames/one_time_tag.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

namespace cafmesh::crypto {

namespace {

static_assert(tag_size == crypto_onetimeauth_BYTES);
static_assert(tag_key_size == crypto_onetimeauth_KEYBYTES);

// OpenSSL makes the tags of texts of at least this many bytes. OpenSSL starts
// more slowly than libsodium, but uses the processor's widest vectors.
constexpr std::size_t long_text = 384;

} // namespace

void tag_maker::deleter::operator()(evp_mac_ctx_st* x) const noexcept {
  EVP_MAC_CTX_free(x);
}

tag_maker::context_ptr tag_maker::make_context() noexcept {
  // A failure must leave nothing in OpenSSL's error queue, which belongs to the
  // application.
  ERR_set_mark();
  auto* poly1305 = EVP_MAC_fetch(nullptr, "POLY1305", nullptr);
  ERR_pop_to_mark();
  if (!poly1305)
    return nullptr;
  context_ptr result{EVP_MAC_CTX_new(poly1305)};
  EVP_MAC_free(poly1305);
  return result;
}

bool tag_maker::make_with_openssl(byte_view text, const std::uint8_t* key,
                                  std::uint8_t* tag) noexcept {
  if (!has_tried_) {
    has_tried_ = true;
    context_ = make_context();
  }
  std::size_t written = 0;
  return context_
         && EVP_MAC_init(context_.get(), key, tag_key_size, nullptr) == 1
         && EVP_MAC_update(context_.get(), text.data(), text.size()) == 1
         && EVP_MAC_final(context_.get(), tag, &written, tag_size) == 1;
}

void tag_maker::make(byte_view text, const std::uint8_t* key,
                     std::uint8_t* tag) noexcept {
  if (text.size() < long_text || !make_with_openssl(text, key, tag))
    crypto_onetimeauth(tag, text.data(), text.size(), key);
}

bool tag_maker::check(byte_view text, const std::uint8_t* key,
                      const std::uint8_t* tag) noexcept {
  std::uint8_t expected[tag_size];
  make(text, key, expected);
  return crypto_verify_16(expected, tag) == 0;
}

} // namespace cafmesh::crypto
