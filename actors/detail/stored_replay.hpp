#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/value_traits.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/reachable.hpp>

/// How stored messages become a replicated value.
namespace cafmesh::replication {

/// Merges stored messages into a value: with V::loader, with `load`, or with
/// `decode` and `merge`.
template <class V, class = void>
class message_loader {
public:
  explicit message_loader(V& to) : to_(to) {
  }
  void advance(instant now) {
    if constexpr (has_age<V>)
      to_.advance(now);
  }
  caf::error take(byte_view message) {
    if constexpr (has_load<V>) {
      return to_.load(message);
    } else {
      std::size_t ignored = 0;
      auto change = decode_counting(to_, message, ignored);
      if (!change)
        return std::move(change.error());
      to_.merge(*change);
      return {};
    }
  }
  void finish() {
  }

private:
  V& to_;
};

template <class V>
class message_loader<V, std::void_t<typename V::loader>> : public V::loader {
public:
  using V::loader::loader;
};

/// Merges stored messages into a value. Before each message, sets the value's
/// clock to the time at which the message was written. So items age as they
/// would have in memory. For example, a tombstone that has expired by now still
/// deletes the older entry that was stored before it.
template <class V>
class stored_replay {
public:
  /// @param now the present time by the value's own clock
  stored_replay(V initial, instant now, wall_time today)
      : value_(std::move(initial)), loader_(value_), now_(now), today_(today) {
    if constexpr (has_date<V>)
      value_.set_date(today);
  }
  stored_replay(const stored_replay&) = delete;
  stored_replay& operator=(const stored_replay&) = delete;

  caf::error take(byte_view message, wall_time written) {
    loader_.advance(now_ - (today_ - std::min(written, today_)));
    return loader_.take(message);
  }

  /// Returns the value. To be called once, after all messages.
  V finish() {
    loader_.finish();
    return std::move(value_);
  }

private:
  V value_;
  message_loader<V> loader_;
  instant now_;
  wall_time today_;
};

} // namespace cafmesh::replication
