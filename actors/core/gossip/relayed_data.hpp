#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip that we pass on without understanding it: messages as they came.
/// Merging puts them in a row, of any length: whoever lets it wait takes
/// out of it what is too much.
class relayed_data final : public gossip_data {
public:
  /// Each message counts `overhead` in addition to its bytes.
  static constexpr std::size_t overhead = 64;
  /// What `split` takes at most, but for a message that is longer.
  static constexpr std::size_t longest_run = 512 * 1024;

  using ptr = std::shared_ptr<const relayed_data>;

  static gossip_data_ptr of(const payload& message);
  /// Other data in the shape in which it would be sent.
  static ptr of_messages(const gossip_data& other);

  /// Null for data of another kind.
  static const relayed_data* in(const gossip_data& x) noexcept;

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;

  std::size_t size() const noexcept {
    return size_;
  }
  std::size_t count() const noexcept;

  /// The oldest of it, and what is left then; null if nothing is.
  std::pair<ptr, ptr> split() const;

  /// What is left without the oldest `size` bytes, and some more so that this
  /// need not be done for each message that comes; null if nothing is.
  ptr without_oldest(std::size_t size) const;

private:
  // Messages in a row, shared by all that contain them.
  struct run {
    std::vector<payload> messages;
    std::size_t size = 0;
  };
  using run_ptr = std::shared_ptr<const run>;

  static run_ptr later_part(const run& x, std::size_t without);
  void append(run_ptr x);
  std::shared_ptr<relayed_data> from(std::size_t first_run) const;

  // Long ones first, so that adding a message to many touches few of them.
  std::vector<run_ptr> runs_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
