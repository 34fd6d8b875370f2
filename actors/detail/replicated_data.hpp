#pragma once

#include <memory>
#include <mutex>
#include <optional>
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
    std::call_once(*encoded_once_, [this] { encoded_ = value_->encode(); });
    return encoded_;
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto result = std::make_shared<replicated_data>(value_);
    result->own_ = std::make_shared<V>(*value_);
    result->value_ = result->own_;
    result->take_in(other);
    return result;
  }

  bool merge_in_place(const gossip_data& other) override {
    if (!own_)
      return false;
    take_in(other);
    encoded_once_.emplace();
    return true;
  }

  /// Merging gives the same value whichever peer sent the data.
  bool depends_on_source() const override {
    return false;
  }

private:
  // Data of another type can only come from a programming error.
  void take_in(const gossip_data& other) {
    if (const auto* same = dynamic_cast<const replicated_data*>(&other))
      own_->merge(*same->value_);
  }

  std::shared_ptr<const V> value_;
  std::shared_ptr<V> own_; // the same, if made by merging, else null
  mutable std::optional<std::once_flag> encoded_once_{std::in_place};
  mutable std::vector<payload> encoded_;
};

} // namespace cafmesh
