#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <cafmesh/detail/measured_data.hpp>
#include <cafmesh/detail/value_memory.hpp>

namespace cafmesh {

/// Data that a replica sends to its neighbours. It consists of a value, an
/// outline, or both. The value may be the whole value of the replica or a
/// change of it. The data is encoded once for all neighbours.
template <class V>
class replicated_data : public measured_data {
public:
  /// @pre `x` is not null
  explicit replicated_data(std::shared_ptr<const V> x) : value_(std::move(x)) {
  }
  /// @pre `outline` is not empty
  explicit replicated_data(payload outline) : outline_(std::move(outline)) {
  }

  std::vector<payload> encode() const override {
    std::call_once(*encoded_once_, [this] {
      if (value_)
        encoded_ = value_->encode();
      if (!outline_.empty())
        encoded_.push_back(outline_);
    });
    return encoded_;
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto result = value_ ? std::make_shared<replicated_data>(value_)
                         : std::make_shared<replicated_data>(outline_);
    result->outline_ = outline_;
    if (value_)
      result->own(*value_);
    result->take_in(other);
    return result;
  }

  bool merge_in_place(const gossip_data& other) override {
    if (value_ && !own_)
      return false;
    take_in(other);
    encoded_once_.emplace();
    return true;
  }

  std::size_t memory() const override {
    return value_ ? replication::memory_of(*value_) : 0;
  }

  /// False, because merging gives the same value whichever peer sent the data.
  bool depends_on_source() const override {
    return false;
  }

private:
  void own(const V& x) {
    own_ = std::make_shared<V>(x);
    value_ = own_;
  }

  // Ignores data of a different type, which can arrive only through a
  // programming error.
  void take_in(const gossip_data& other) {
    const auto* same = dynamic_cast<const replicated_data*>(&other);
    if (!same)
      return;
    if (!same->outline_.empty())
      outline_ = same->outline_;
    if (same->value_ && own_)
      own_->merge(*same->value_);
    else if (same->value_)
      own(*same->value_);
  }

  std::shared_ptr<const V> value_; // null if there is only an outline
  std::shared_ptr<V> own_;         // `value_` if this object made it
  payload outline_;
  mutable std::optional<std::once_flag> encoded_once_{std::in_place};
  mutable std::vector<payload> encoded_;
};

} // namespace cafmesh
