#include "tools/http/tokens.hpp"

#include <sodium.h>

#include "tools/http/text.hpp"

namespace http {

namespace {

void wipe(std::string& x) {
  sodium_memzero(x.data(), x.size());
}

} // namespace

tokens::tokens(std::string read, std::string write)
    : has_read_(!read.empty()), has_write_(!write.empty()) {
  randombytes_buf(key_.data(), key_.size());
  read_ = digest_of(read);
  write_ = digest_of(write);
  wipe(read);
  wipe(write);
}

tokens::~tokens() {
  for (auto x : {&key_, &read_, &write_})
    sodium_memzero(x->data(), x->size());
}

access tokens::level_of(std::string_view authorization) const {
  if (is_open())
    return access::write;
  constexpr std::string_view scheme = "bearer ";
  if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme))
    return access::none;
  auto given = digest_of(trimmed(authorization.substr(scheme.size())));
  auto is_write = sodium_memcmp(given.data(), write_.data(), given.size()) == 0;
  auto is_read = sodium_memcmp(given.data(), read_.data(), given.size()) == 0;
  if (has_write_ && is_write)
    return access::write;
  return has_read_ && is_read ? access::read : access::none;
}

// All digests have the same size, so the time to compare them does not reveal a
// token's length.
tokens::digest tokens::digest_of(std::string_view token) const {
  digest result;
  crypto_generichash(result.data(), result.size(),
                     reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), key_.data(), key_.size());
  return result;
}

} // namespace http
