#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "tools/http/event_stream.hpp"

namespace http {

/// The latest events of a source, numbered consecutively from 1.
class event_ring {
public:
  struct entry {
    std::string type;
    std::string key;
    shared_text text; ///< as it is sent
  };

  event_ring(std::string epoch, std::size_t most_bytes, std::size_t most_events)
      : epoch_(std::move(epoch)), most_bytes_(most_bytes),
        most_events_(most_events) {
  }

  void add(std::string_view type, std::string_view json, std::string_view key);

  std::uint64_t last() const {
    return last_;
  }
  /// The number of the oldest event that is kept; `last() + 1` if none is.
  std::uint64_t first() const {
    return last_ + 1 - entries_.size();
  }
  /// @pre `first() <= number && number <= last()`
  const entry& at(std::uint64_t number) const {
    return entries_[static_cast<std::size_t>(number - first())];
  }
  std::string id(std::uint64_t number) const {
    return epoch_ + "-" + std::to_string(number);
  }
  /// The number of the event after the one with this ID; absent if the ring
  /// lacks an event after it, or the ID is malformed or of another epoch.
  std::optional<std::uint64_t> after(std::string_view id) const;

  const std::string& epoch() const {
    return epoch_;
  }

private:
  static std::size_t size_of(const entry& x) {
    return x.type.size() + x.key.size() + x.text->size() + sizeof(entry);
  }

  std::string epoch_;
  std::size_t most_bytes_;
  std::size_t most_events_;
  std::deque<entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace http
