#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "tools/http/request.hpp"

namespace http {

using token_digest = std::array<unsigned char, 32>;

/// A random key for digests of tokens.
class token_key {
public:
  token_key();
  ~token_key();
  token_key(const token_key&) = default;
  token_key& operator=(const token_key&) = delete;

  token_digest digest_of(std::string_view token) const;

private:
  std::array<unsigned char, 32> bytes_;
};

/// The tokens that clients need. Only keyed digests are stored, and they are
/// compared in constant time. An object never changes, so any thread may use
/// it.
class tokens {
public:
  /// The digest of the token that a client has sent; absent if it has sent
  /// none.
  using credential = std::optional<token_digest>;

  /// Takes and wipes the tokens. An empty text stands for no token. Without a
  /// token for reading, reading needs the token for writing. Without any token,
  /// everything is open.
  /// @param key the key for digests; with equal keys, a token has the same
  ///        credential in all objects
  tokens(std::string read, std::string write, const token_key& key = {});
  ~tokens();
  tokens(const tokens&) = delete;
  tokens& operator=(const tokens&) = delete;

  /// @param authorization the value of the `Authorization` header; empty if
  ///        there is none
  credential credential_of(std::string_view authorization) const;
  access level_of(const credential& given) const;
  access level_of(std::string_view authorization) const {
    return level_of(credential_of(authorization));
  }

  bool is_open() const {
    return !has_read_ && !has_write_;
  }

private:
  token_key key_;
  token_digest read_;
  token_digest write_;
  bool has_read_;
  bool has_write_;
};

} // namespace http
