#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "tools/http/limits.hpp"
#include "tools/http/problem.hpp"

namespace http {

/// Counts the bytes that a server holds for its clients, in total and for each
/// client, and judges them by the limits. Any thread may use it.
class client_memory {
public:
  explicit client_memory(const limits& x) : limits_(x) {
  }

  enum class verdict : std::uint8_t { fits, server_full, client_full };

  /// Counts `now` bytes of a client in place of `was` bytes, whatever the
  /// verdict. Fewer bytes than before always fit.
  /// @param address as for `client_counts::enter`
  verdict replace(const std::string& address, std::size_t was, std::size_t now);
  /// Judges output, which may use only half of each limit, so that clients
  /// that read slowly keep no bodies out.
  verdict judge_output(const std::string& address) const;
  std::size_t total() const;

private:
  limits limits_;
  mutable std::mutex mutex_;
  std::size_t all_ = 0;
  std::unordered_map<std::string, std::size_t> by_client_; // none is 0
};

/// Some of the bytes that a server holds for one client. They count until they
/// are replaced or this object is destroyed.
class held_bytes {
public:
  using verdict = client_memory::verdict;

  held_bytes() = default; ///< counts nothing
  held_bytes(std::shared_ptr<client_memory> in, std::string address)
      : in_(std::move(in)), address_(std::move(address)) {
  }
  ~held_bytes() {
    set(0);
  }
  held_bytes(const held_bytes&) = delete;
  held_bytes& operator=(const held_bytes&) = delete;

  verdict set(std::size_t bytes);
  /// The same for output. Fewer bytes than before always fit.
  verdict set_output(std::size_t bytes) {
    auto has_grown = bytes > bytes_;
    set(bytes);
    return has_grown && in_ ? in_->judge_output(address_) : verdict::fits;
  }
  std::size_t bytes() const {
    return bytes_;
  }
  bool has_room() const {
    return !in_ || in_->judge_output(address_) == verdict::fits;
  }

private:
  std::shared_ptr<client_memory> in_;
  std::string address_;
  std::size_t bytes_ = 0;
};

/// What a client is told that has no room.
/// @pre `why` is not `fits`
problem busy(client_memory::verdict why);

} // namespace http
