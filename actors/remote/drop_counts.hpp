#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <caf/error.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh {

/// How many messages were dropped, for each reason. May be used from any
/// thread.
class drop_counts {
public:
  void add(const caf::error& why) noexcept {
    counts_[index_of(why)].fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t total() const noexcept {
    std::uint64_t result = 0;
    for (const auto& x : counts_)
      result += x.load(std::memory_order_relaxed);
    return result;
  }
  /// The number of dropped messages for each reason that occurred, by the
  /// reason's name. Errors from an application's `inspect` count as `other`.
  std::map<std::string, std::uint64_t> by_reason() const {
    std::map<std::string, std::uint64_t> result;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (auto count = counts_[i].load(std::memory_order_relaxed))
        result[i < reasons.size() ? to_string(reasons[i]) : "other"] = count;
    return result;
  }

private:
  static constexpr std::array reasons{
    errc::congested,   errc::too_large, errc::unknown_type, errc::no_route,
    errc::ended,       errc::lost,      errc::restarted,    errc::left,
    errc::unreachable, errc::malformed, errc::stopped,      errc::no_identity};

  static std::size_t index_of(const caf::error& why) noexcept {
    std::size_t i = 0;
    while (i < reasons.size() && !is(why, reasons[i]))
      ++i;
    return i;
  }

  std::array<std::atomic<std::uint64_t>, reasons.size() + 1> counts_{};
};

} // namespace cafmesh
