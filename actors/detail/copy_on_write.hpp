#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace cafmesh {

/// A value that one thread at a time may change, while others read snapshots of
/// it. While a snapshot is in use, a change first copies the value; otherwise
/// it changes the value in place.
template <class V>
class copy_on_write {
public:
  explicit copy_on_write(V x = V{})
      : cell_(std::make_shared<cell>(std::move(x))) {
  }

  const V& operator*() const noexcept {
    return cell_->value;
  }

  /// A snapshot, which any thread may read and release at any time.
  std::shared_ptr<const V> lend() const {
    cell_->readers.fetch_add(1, std::memory_order_relaxed);
    return {&cell_->value, [lent = cell_](const V*) {
              lent->readers.fetch_sub(1, std::memory_order_release);
            }};
  }

  /// The value to change; the reference is valid until the next call of any
  /// member.
  V& writable() {
    // Counts readers without shared_ptr::use_count, because that function does
    // not order a reader's last access before our first change.
    if (cell_->readers.load(std::memory_order_acquire) > 0)
      cell_ = std::make_shared<cell>(V{cell_->value});
    return cell_->value;
  }

private:
  struct cell {
    explicit cell(V x) : value(std::move(x)) {
    }
    V value;
    std::atomic<std::size_t> readers{0};
  };

  std::shared_ptr<cell> cell_;
};

} // namespace cafmesh
