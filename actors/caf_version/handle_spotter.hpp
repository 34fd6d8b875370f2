#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <caf/node_id.hpp>

namespace cafmesh::caf_version {

/// Recognises handles of one node's actors in the sequence of values that CAF
/// reads or writes. CAF writes a handle as the actor's ID and the node ID,
/// which is the atom `default`, a process ID and 20 bytes. Nothing marks these
/// values as a handle, so any 64-bit number before a node ID counts as an
/// actor's ID.
class handle_spotter {
public:
  explicit handle_spotter(const caf::node_id& node) {
    using plain = caf::node_id::default_data;
    if (node && node->implementation_id() == plain::class_id) {
      const auto& data = static_cast<const plain&>(*node);
      process_ = data.process_id();
      host_ = data.host_id();
    }
  }

  void number(std::uint64_t x) noexcept {
    constexpr auto marker =
      static_cast<std::uint64_t>(caf::node_id::default_data::class_id);
    matched_ = x == marker && has_previous_ ? marker_read : none_read;
    // Also stores a number that equals the marker, because it may be an actor's
    // ID.
    id_ = std::exchange(previous_, x);
    has_previous_ = true;
  }
  void process(std::uint32_t x) noexcept {
    matched_ =
      matched_ == marker_read && x == process_ ? process_read : none_read;
    has_previous_ = false;
  }
  /// Takes the next byte. Returns true if a handle ends with this byte; `id`
  /// then returns the ID of the handle's actor.
  bool octet(std::uint8_t x) noexcept {
    auto position = static_cast<std::size_t>(matched_ - process_read);
    auto matches = matched_ >= process_read && position < host_.size()
                   && host_[position] == x;
    matched_ = matches ? matched_ + 1 : none_read;
    has_previous_ = false;
    return matched_ == process_read + static_cast<int>(host_.size());
  }
  void other() noexcept {
    matched_ = none_read;
    has_previous_ = false;
  }

  std::uint64_t id() const noexcept {
    return id_;
  }

private:
  static constexpr int none_read = 0;
  static constexpr int marker_read = 1;
  static constexpr int process_read = 2; // plus 1 for each matched host byte

  std::uint32_t process_ = 0;
  caf::node_id::default_data::host_id_type host_{};
  std::uint64_t previous_ = 0; // the latest number
  std::uint64_t id_ = 0;       // the number before `previous_`
  bool has_previous_ = false;
  int matched_ = none_read;
};

} // namespace cafmesh::caf_version
