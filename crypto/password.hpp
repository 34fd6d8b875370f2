#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <cafmesh/bytes.hpp>

/// A type for passwords that leaves no copies of passwords in memory.
namespace cafmesh {

/// The node warns about passwords below this size in bytes. A remote that we
/// dial, or anyone who records a connection, can test 10^10 guesses per second
/// offline. 16 random letters and digits have 95 bits of entropy.
constexpr std::size_t least_password_size = 16;

/// A password: any bytes, possibly none. Overwrites its memory when it is
/// destroyed or assigned to. Cannot be printed or compared.
///
/// Converts from text, so that `settings.passwords = {"…"}` works. The text
/// itself is not wiped.
class password { // NOLINT(cppcoreguidelines-special-member-functions)
public:
  password() = default;
  password(std::string_view text);
  password(const std::string& text) : password(std::string_view{text}) {
  }
  password(const char* text) : password(std::string_view{text}) {
  }
  password(const password& other);
  password(password&& other) noexcept;
  password& operator=(password other) noexcept;
  ~password();

  byte_view view() const noexcept {
    return data_;
  }
  std::size_t size() const noexcept {
    return data_.size();
  }

private:
  bytes data_;
};

} // namespace cafmesh
