#pragma once

#include <atomic>
#include <cstddef>

namespace cafmesh {

/// Memory for what remotes send that have not proved themselves: a little for
/// each, and for more one supply that all of a node's share. The first sealed
/// frame of protocol version 1 may have 10 MiB, and whether it opens shows only
/// at its end.
class unauthenticated_quota {
public:
  static constexpr std::size_t for_each = 64 * 1024;
  static constexpr std::size_t for_all = 64 * 1024 * 1024;

  /// What one of them holds, until this goes.
  class share {
  public:
    explicit share(unauthenticated_quota& whole) noexcept : whole_(whole) {
    }
    share(const share&) = delete;
    share& operator=(const share&) = delete;
    ~share() {
      give_back();
    }

    /// @param size of all its input.
    /// @returns false, with nothing changed, if there is no room for so much.
    bool grow_to(std::size_t size) noexcept {
      auto wanted = size > for_each ? size - for_each : 0;
      if (wanted <= taken_)
        return true;
      if (!whole_.take(wanted - taken_))
        return false;
      taken_ = wanted;
      return true;
    }
    void give_back() noexcept {
      whole_.taken_ -= taken_;
      taken_ = 0;
    }

  private:
    unauthenticated_quota& whole_;
    std::size_t taken_ = 0;
  };

private:
  bool take(std::size_t size) noexcept {
    if (taken_.fetch_add(size) + size <= for_all)
      return true;
    taken_ -= size;
    return false;
  }

  std::atomic<std::size_t> taken_{0};
};

} // namespace cafmesh
