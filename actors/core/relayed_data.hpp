#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "../../messages/gossip_data.hpp"

namespace cafmesh {

/// Gossip that we pass on without understanding it: messages as they came.
/// Merging puts them in a row; of more than `limit` bytes the oldest go, since
/// nothing else would bound what waits for a slow neighbour.
class relayed_data : public gossip_data {
public:
  /// Each message counts `overhead` in addition to its bytes.
  static constexpr std::size_t limit = 16 * 1024 * 1024;
  static constexpr std::size_t overhead = 64;

  static gossip_data_ptr of(const payload& message);

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;

private:
  // Messages in a row, shared by all that contain them.
  struct run {
    std::vector<payload> messages;
    std::size_t size = 0;
  };
  using run_ptr = std::shared_ptr<const run>;

  void append(run_ptr x);

  // Long ones first, so that adding a message to many touches few of them.
  std::vector<run_ptr> runs_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
