#pragma once

#include <atomic>
#include <cstddef>

namespace cafmesh {

/// Limits the memory for input from unauthenticated remotes. Each remote may
/// use `for_each` bytes of its own. Beyond that, all remotes together may use
/// `for_all` bytes. `for_all` is large because the first sealed frame of
/// protocol version 1 may be 10 MiB long, and we can open it only when it is
/// complete. See PROTOCOL.md, "Limits and times". Thread-safe.
class unauthenticated_quota {
public:
  static constexpr std::size_t for_each = 64 * 1024;       ///< in bytes
  static constexpr std::size_t for_all = 64 * 1024 * 1024; ///< in bytes

  /// The part of `for_all` that one remote uses. The destructor gives this part
  /// back.
  class share {
  public:
    explicit share(unauthenticated_quota& whole) noexcept : whole_(whole) {
    }
    share(const share&) = delete;
    share& operator=(const share&) = delete;
    ~share() {
      give_back();
    }

    /// Raises the share to what the remote's input needs beyond `for_each`.
    /// Never lowers it.
    /// @param size the size of the memory for all of the remote's input in
    ///        bytes
    /// @returns false, with nothing changed, if `for_all` would be exceeded.
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
