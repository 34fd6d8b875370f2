#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace meshctl {

struct server_event {
  std::string id;   ///< the last ID that the server has sent
  std::string type; ///< `message` if the server names none
  std::string data;
};

/// Divides a stream of bytes into server-sent events.
class event_parser {
public:
  /// The maximum size of an event in bytes, which limits the memory that a
  /// server can fill.
  static constexpr std::size_t largest_event = 32 * 1024 * 1024;

  using handler = std::function<bool(const server_event&)>;

  /// Parses the next bytes of the stream. Passes each event that these bytes
  /// complete to `on_event`, until `on_event` returns false.
  /// @returns false if `on_event` has returned false
  /// @throws failure if an event is too large
  bool feed(std::string_view bytes, const handler& on_event);

private:
  bool end_line(const handler& on_event);
  void take_field(std::string_view line);

  std::string line_;
  bool ended_by_return_ = false;
  bool has_data_ = false;
  server_event event_;
};

} // namespace meshctl
