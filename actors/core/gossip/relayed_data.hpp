#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that we pass on unchanged, without interpreting it. Merging only
/// appends messages, without a limit: the queue that holds the data drops the
/// excess. Data of any other type is encoded into messages before it is merged.
class relayed_data final : public gossip_data {
public:
  /// The bytes counted for each message in addition to its own.
  static constexpr std::size_t overhead = 64;
  /// The maximum number of bytes in the first part that `split` returns, unless
  /// a single message is longer.
  static constexpr std::size_t longest_run = 512 * 1024;

  using ptr = std::shared_ptr<const relayed_data>;

  static gossip_data_ptr of(const payload& message);
  static ptr of_messages(const gossip_data& other);

  static const relayed_data* in(const gossip_data& x) noexcept;

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;

  /// The size of all messages in bytes, including the overhead of each.
  std::size_t size() const noexcept {
    return size_;
  }
  std::size_t count() const noexcept;

  /// Separates the oldest messages, up to `longest_run` bytes, from the rest.
  /// @returns the oldest messages and the rest; either is null if it is empty.
  std::pair<ptr, ptr> split() const;

  /// A copy without the oldest messages. Leaves out about `size` bytes, often
  /// more, so that copies are rare. Null if nothing is left.
  ptr without_oldest(std::size_t size) const;

private:
  // Successive messages, shared by all objects that contain them.
  struct run {
    std::vector<payload> messages;
    std::size_t size = 0;
  };
  using run_ptr = std::shared_ptr<const run>;

  static run_ptr later_part(const run& x, std::size_t without);
  void append(run_ptr x);
  std::shared_ptr<relayed_data> from(std::size_t first_run) const;

  // Oldest first. Later runs are usually shorter, so appending copies little.
  std::vector<run_ptr> runs_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
