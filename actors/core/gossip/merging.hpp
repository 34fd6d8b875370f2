#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <cafmesh/gossip_data.hpp>

/// Merges gossip data, and keeps the exceptions of an application's
/// `gossip_data` from ending the caller.
namespace cafmesh {

/// Catches the exceptions of an application's `gossip_data`, because they must
/// not end the calling actor, which serves other data too. Counts each of these
/// faults.
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

  /// The number of faults since the last call of `take`.
  std::uint64_t take() noexcept {
    return std::exchange(count_, 0);
  }
  /// The text of the exception in the latest fault.
  const std::string& latest() const noexcept {
    return latest_;
  }

private:
  std::uint64_t count_ = 0;
  std::string latest_;
};

/// Returns `x` and `y` merged into one. If a channel has changed its gossiper,
/// `x` and `y` may have different types: the result then has the messages of
/// `x`, followed by those of `y`. After a fault, the result is `x`, and `y` is
/// lost.
/// @pre neither is null
gossip_data_ptr merged(const gossip_data_ptr& x, const gossip_data_ptr& y,
                       data_faults& faults);

} // namespace cafmesh
