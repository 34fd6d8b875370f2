#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cafmesh/detail/set_dot.hpp>
#include <cafmesh/payload.hpp>

namespace cafmesh {

/// Builds a message of an `observed_remove_set`, in the format that
/// observed_remove_set.hpp describes. Dots must be added in ascending order.
class set_message {
public:
  /// The maximum size in bytes of a peer's UID, its counts and one range of
  /// numbers.
  static constexpr std::size_t range_size = 40;
  /// The maximum size in bytes of an element's number and length.
  static constexpr std::size_t number_size = 16;

  /// An upper estimate of the size, in bytes.
  std::size_t size() const noexcept {
    return size_;
  }
  /// Whether the message stays within `most` bytes if an element is added. The
  /// first element always has room.
  bool has_room_for(const std::string& element,
                    std::size_t most) const noexcept {
    return peers_.empty()
           || size_ + range_size + number_size + element.size() <= most;
  }

  /// Adds the dots from `first` to the number `last` as known.
  void add(set_dot first, std::uint64_t last);

  /// Adds an element whose number was added as known.
  /// @param element must outlive this object
  void add(std::uint64_t number, const std::string& element);

  /// The message; empty if nothing was added.
  payload finish() const;

private:
  struct peer {
    peer_uid who;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    std::vector<std::pair<std::uint64_t, const std::string*>> present;
  };

  std::vector<peer> peers_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
