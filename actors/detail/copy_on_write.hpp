#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace cafmesh {

/// A value that one actor changes and others look at: it is changed in place
/// while nobody looks, and copied first while somebody does.
template <class V>
class copy_on_write {
public:
  explicit copy_on_write(V x = V{})
      : cell_(std::make_shared<cell>(std::move(x))) {
  }

  const V& operator*() const noexcept {
    return cell_->value;
  }

  /// For others to look at, in any thread and for as long as they want.
  std::shared_ptr<const V> lend() const {
    cell_->readers.fetch_add(1, std::memory_order_relaxed);
    return {&cell_->value, [lent = cell_](const V*) {
              lent->readers.fetch_sub(1, std::memory_order_release);
            }};
  }

  /// To be changed; valid until the next call of anything here.
  V& writable() {
    // A count in the shared pointer would tell as much, but not order their
    // last look before our first change.
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
