#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tools/http/request.hpp"

namespace http {

/// The tokens that clients need. Only keyed digests are stored, with a random
/// key, and they are compared in constant time. An object never changes, so any
/// thread may use it.
class tokens {
public:
  /// Takes and wipes the tokens. An empty text stands for no token. Without a
  /// token for reading, reading needs the token for writing. Without any token,
  /// everything is open.
  tokens(std::string read, std::string write);
  ~tokens();
  tokens(const tokens&) = delete;
  tokens& operator=(const tokens&) = delete;

  /// @param authorization the value of the header; empty if there is none
  /// @returns what the client may do
  access level_of(std::string_view authorization) const;

  bool is_open() const {
    return !has_read_ && !has_write_;
  }

private:
  using digest = std::array<unsigned char, 32>;

  digest digest_of(std::string_view token) const;

  digest key_;
  digest read_;
  digest write_;
  bool has_read_;
  bool has_write_;
};

} // namespace http
