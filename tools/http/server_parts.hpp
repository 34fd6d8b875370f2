#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tools/http/client_counts.hpp"
#include "tools/http/client_memory.hpp"
#include "tools/http/log_gate.hpp"
#include "tools/http/server.hpp"
#include "tools/http/tokens.hpp"

namespace http {

class answer_counts {
public:
  void add(int status);
  /// The number of answers for each status that occurred.
  std::map<int, std::uint64_t> all() const;

private:
  static constexpr int first = 100;

  std::array<std::atomic<std::uint64_t>, 500> counts_{};
};

/// The data that all connections of a server share and keep alive.
struct server_parts {
  explicit server_parts(server_options x);

  const server_options options;
  router paths;
  /// The headers that every answer has, in the form in which they are sent.
  std::string fixed_headers;
  client_counts clients;
  std::shared_ptr<client_memory> memory;
  log_gate log;
  std::atomic<std::uint64_t> requests{0};
  answer_counts answers;
  std::atomic<std::uint64_t> accepted_connections{0};
  std::atomic<std::uint64_t> refused_connections{0};
  std::atomic<std::uint64_t> cut_off_connections{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
  std::atomic<bool> is_stopping{false};

  std::shared_ptr<const tokens> current_tokens() const;
  void set_tokens(std::string read, std::string write);

private:
  const token_key key_;
  mutable std::mutex mutex_;
  std::shared_ptr<const tokens> tokens_;
};

/// Appends a header line. Line breaks and other control characters in the value
/// become spaces, so that a value cannot add headers.
void append_header(std::string& to, std::string_view name,
                   std::string_view value);

} // namespace http
