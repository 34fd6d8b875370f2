#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/http/event_stream.hpp"

namespace http {

/// An event. Its JSON text is made only when a client gets the event.
struct event {
  std::string type;
  std::string key;      ///< for filters only
  std::size_t size = 0; ///< roughly the bytes that `json` keeps in memory
  /// Returns one line of JSON, in one of the forms that clients can choose.
  std::function<std::string(unsigned variant)> json;
};

/// The latest events of a source, with consecutive numbers from 1.
class event_ring {
public:
  static constexpr unsigned variants = 2;

  event_ring(std::string epoch, std::size_t most_bytes, std::size_t most_events)
      : epoch_(std::move(epoch)), most_bytes_(most_bytes),
        most_events_(most_events) {
  }

  /// @returns what share of the ring's room the event takes
  double add(event x);

  std::uint64_t last() const {
    return last_;
  }
  /// The number of the oldest event in the ring; `last() + 1` if it is empty.
  std::uint64_t first() const {
    return last_ + 1 - entries_.size();
  }
  /// @pre `first() <= number && number <= last()`
  const event& at(std::uint64_t number) const {
    return entries_[static_cast<std::size_t>(number - first())].what;
  }
  /// The event in the format of server-sent events. Clients that get it at the
  /// same time share one copy.
  /// @pre `first() <= number && number <= last()`, and `variant < variants`
  shared_text text(std::uint64_t number, unsigned variant) const;
  std::string id(std::uint64_t number) const {
    return epoch_ + "-" + std::to_string(number);
  }
  /// The ID for a client that does not have its whole snapshot yet. `after`
  /// rejects this ID.
  std::string partial_id() const {
    return epoch_ + "-partial";
  }
  /// The number of the event after the one with this ID. Absent if the ring no
  /// longer has all later events, or if the ID is malformed or comes from
  /// another run of the program.
  std::optional<std::uint64_t> after(std::string_view id) const;

  const std::string& epoch() const {
    return epoch_;
  }

private:
  struct entry {
    event what;
    /// The text in each form, kept only while it is queued for a client.
    mutable std::array<std::weak_ptr<const std::string>, variants> texts{};
  };

  static std::size_t size_of(const entry& x) {
    return x.what.type.size() + x.what.key.size() + x.what.size + sizeof(entry);
  }

  std::string epoch_;
  std::size_t most_bytes_;
  std::size_t most_events_;
  std::deque<entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace http
