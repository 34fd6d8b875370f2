#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <cafmesh/gossip_data.hpp>

/// Merges gossip data, and catches the exceptions that an application's
/// `gossip_data` may throw.
namespace cafmesh {

/// Catches and counts the exceptions of an application's `gossip_data`. They
/// must not end the calling actor, which serves other data too.
class data_faults {
public:
  /// Calls `f` and returns its result. If `f` throws, counts the fault and
  /// returns `otherwise`.
  template <class F, class T = decltype(std::declval<F&>()())>
  T guard(F f, T otherwise = T{}) {
    try {
      return f();
    } catch (const std::exception& e) {
      note(e.what());
    } catch (...) {
      note("an exception that is no std::exception");
    }
    return otherwise;
  }

  void note(std::string why) {
    ++count_;
    latest_ = std::move(why);
  }

  /// The number of faults counted since the previous call of `take`.
  std::uint64_t take() noexcept {
    return std::exchange(count_, 0);
  }
  const std::string& latest() const noexcept {
    return latest_;
  }

private:
  std::uint64_t count_ = 0;
  std::string latest_;
};

/// Returns `x` and `y` merged into one. Their types differ after a channel has
/// changed its gossiper; the result then has the messages of `x`, followed by
/// those of `y`. If merging throws, the result is `x`, and `y` is lost.
/// @pre neither is null
gossip_data_ptr merged(const gossip_data_ptr& x, const gossip_data_ptr& y,
                       data_faults& faults);

} // namespace cafmesh
