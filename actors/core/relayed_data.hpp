#pragma once

#include <cstdint>
#include <vector>

#include "../../messages/gossip_data.hpp"

namespace cafmesh {

/// Gossip that we pass on without understanding it: messages as they came.
/// Merging puts them in a row; of more than `limit` bytes the oldest go, since
/// nothing else would bound what waits for a slow neighbour.
class relayed_data : public gossip_data {
public:
  static constexpr std::size_t limit = 16 * 1024 * 1024;

  static gossip_data_ptr of(const payload& message);

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;

private:
  std::vector<payload> messages_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
