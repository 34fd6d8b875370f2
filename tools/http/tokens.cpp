#include "tools/http/tokens.hpp"

#include <sodium.h>

#include "tools/http/text.hpp"

namespace http {

namespace {

void wipe(std::string& x) {
  sodium_memzero(x.data(), x.size());
}

} // namespace

token_key::token_key() {
  randombytes_buf(bytes_.data(), bytes_.size());
}

token_key::~token_key() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

// All digests have the same size, so the time to compare them does not reveal a
// token's length.
token_digest token_key::digest_of(std::string_view token) const {
  token_digest result;
  crypto_generichash(result.data(), result.size(),
                     reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), bytes_.data(), bytes_.size());
  return result;
}

tokens::tokens(std::string read, std::string write, const token_key& key)
    : key_(key), read_(key.digest_of(read)), write_(key.digest_of(write)),
      has_read_(!read.empty()), has_write_(!write.empty()) {
  wipe(read);
  wipe(write);
}

tokens::~tokens() {
  for (auto x : {&read_, &write_})
    sodium_memzero(x->data(), x->size());
}

tokens::credential tokens::credential_of(std::string_view authorization) const {
  constexpr std::string_view scheme = "bearer ";
  if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme))
    return std::nullopt;
  return key_.digest_of(trimmed(authorization.substr(scheme.size())));
}

access tokens::level_of(const credential& given) const {
  if (is_open())
    return access::write;
  if (!given)
    return access::none;
  auto is_same = [&given](const token_digest& x) {
    return sodium_memcmp(given->data(), x.data(), x.size()) == 0;
  };
  auto is_write = is_same(write_);
  auto is_read = is_same(read_);
  if (has_write_ && is_write)
    return access::write;
  return has_read_ && is_read ? access::read : access::none;
}

} // namespace http
