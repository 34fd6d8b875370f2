#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "tools/http/limits.hpp"

namespace http {

/// Counts the connections and streams of clients, in total and for each client
/// address, and enforces the limits. Any thread may use it.
class client_counts {
public:
  explicit client_counts(const limits& x) : limits_(x) {
  }

  enum class verdict : std::uint8_t { admitted, server_full, client_full };

  /// Counts a connection unless a limit is reached. Over a Unix socket, the
  /// address is the user at the other end. Without an address, a connection
  /// counts only towards the total.
  verdict enter(const std::string& address);
  void leave(const std::string& address);

  /// Counts a stream.
  /// @returns false if the limit is reached; then the stream is not counted
  bool enter_stream(const std::string& address);
  void leave_stream(const std::string& address);

  std::size_t connections() const;
  std::size_t streams() const;

private:
  struct numbers {
    std::size_t connections = 0;
    std::size_t streams = 0;
  };

  limits limits_;
  mutable std::mutex mutex_;
  numbers all_;
  std::unordered_map<std::string, numbers> by_client_;
};

/// What counts as one client: an IPv4 address, or the /64 network of an IPv6
/// address, because one host may own all addresses in it.
std::string client_of(const std::string& address);

} // namespace http
