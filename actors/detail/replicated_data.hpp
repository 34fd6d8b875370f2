#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// A replicated value or a change of it as gossip. Encoded once for all
/// neighbours.
template <class V>
class replicated_data : public gossip_data {
public:
  /// @pre not null
  explicit replicated_data(std::shared_ptr<const V> x) : value_(std::move(x)) {
  }

  std::vector<payload> encode() const override {
    std::call_once(encoded_once_, [this] { encoded_ = value_->encode(); });
    return encoded_;
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto both = std::make_shared<V>(*value_);
    if (const auto* same = dynamic_cast<const replicated_data*>(&other))
      both->merge(*same->value_);
    return std::make_shared<replicated_data>(std::move(both));
  }

  /// Merging gives the same value whichever peer sent the data.
  bool depends_on_source() const override {
    return false;
  }

private:
  std::shared_ptr<const V> value_;
  mutable std::once_flag encoded_once_;
  mutable std::vector<payload> encoded_;
};

} // namespace cafmesh
