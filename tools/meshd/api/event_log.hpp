#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tools/meshd/api/call.hpp"

/// Logs of events that clients follow, each client at its own pace.
namespace meshd {

/// How an event's data is written.
enum class encoding : std::uint8_t { as_base64, as_text };

struct logged_event {
  std::uint64_t number = 0;
  std::string type;
  std::string key; ///< for filters
  std::size_t size = 0;
  std::function<std::string(encoding)> data;
  /// The text of the event in each encoding, as long as a client still needs
  /// it.
  mutable std::array<std::weak_ptr<const std::string>, 2> framed{};
};

class event_reader;

/// The latest events of one kind, in a ring, and the clients that read them. A
/// slow client reads from an earlier place in the ring, so it takes no memory
/// of its own. To be used on the HTTP loop.
class event_log {
public:
  /// @param most_bytes roughly the size at which the oldest events are dropped
  event_log(std::string epoch, std::size_t most_bytes)
      : epoch_(std::move(epoch)), most_bytes_(most_bytes) {
  }

  void add(std::string type, std::string key, std::size_t size,
           std::function<std::string(encoding)> data);
  void add(std::string type, std::string data);

  std::uint64_t last() const noexcept {
    return last_;
  }
  /// The number of the oldest event that is kept; `last() + 1` if none is.
  std::uint64_t first() const noexcept {
    return last_ + 1 - ring_.size();
  }
  /// @pre `first() <= number && number <= last()`
  const logged_event& at(std::uint64_t number) const {
    return ring_[static_cast<std::size_t>(number - first())];
  }
  std::string id(std::uint64_t number) const {
    return epoch_ + "-" + std::to_string(number);
  }
  /// The number of the event after the one with this ID; absent if that number
  /// is not known.
  std::optional<std::uint64_t> after(const std::string& id) const;

  void enter(const std::shared_ptr<event_reader>& x);
  void leave(const std::shared_ptr<event_reader>& x);
  void close_all();
  /// Sends each client a comment, so that connections do not fall silent.
  void send_comments();

private:
  std::string epoch_;
  std::size_t most_bytes_;
  std::deque<logged_event> ring_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::set<std::shared_ptr<event_reader>> readers_;
};

/// A client of an event_log.
class event_reader : public std::enable_shared_from_this<event_reader> {
public:
  struct options {
    std::string prefix; ///< of keys
    encoding format = encoding::as_base64;
    bool close_on_overflow = false;
  };
  /// Sends a part of the snapshot to the reader.
  /// @returns whether another part follows
  using snapshot_source = std::function<bool(event_reader&)>;

  event_reader(event_log& log, std::shared_ptr<event_sink> sink, options with)
      : log_(&log), sink_(std::move(sink)), options_(std::move(with)) {
  }

  /// Begins to send, with the event of this number.
  /// @param snapshot to be sent before that event; null: none
  void begin(std::uint64_t next, snapshot_source snapshot);

  /// Sends as much of the snapshot and the events as there is room for.
  void pump();
  void send(const std::string& type, std::uint64_t number,
            const std::string& data);
  void send(const logged_event& x);
  void send_comment();
  void close();
  /// To be called when the client is gone.
  void leave();

private:
  event_log* log_; // null once closed
  std::shared_ptr<event_sink> sink_;
  options options_;
  snapshot_source snapshot_;
  std::uint64_t next_ = 0;
  bool has_begun_ = false;
};

} // namespace meshd
