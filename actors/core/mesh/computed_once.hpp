#pragma once

#include <atomic>
#include <memory>

namespace cafmesh {

/// A value of an immutable object that is computed when it is first needed. May
/// be used from any thread; several may then compute it at the same time, and
/// all get the same result.
template <class T>
class computed_once {
public:
  computed_once() noexcept = default;
  computed_once(const computed_once&) = delete;
  computed_once& operator=(const computed_once&) = delete;
  ~computed_once() {
    delete value_.load(std::memory_order_acquire);
  }

  /// @param compute returns a `T`
  template <class F>
  const T& get(F compute) const {
    const T* known = value_.load(std::memory_order_acquire);
    if (known)
      return *known;
    auto fresh = std::make_unique<const T>(compute());
    if (value_.compare_exchange_strong(known, fresh.get(),
                                       std::memory_order_acq_rel,
                                       std::memory_order_acquire))
      return *fresh.release();
    return *known;
  }

private:
  mutable std::atomic<const T*> value_{nullptr};
};

} // namespace cafmesh
