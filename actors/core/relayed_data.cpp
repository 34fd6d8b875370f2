#include "relayed_data.hpp"

#include <memory>

namespace cafmesh {

gossip_data_ptr relayed_data::of(const payload& message) {
  auto result = std::make_shared<relayed_data>();
  result->messages_.push_back(message);
  result->size_ = message.size();
  return result;
}

std::vector<payload> relayed_data::encode() const {
  return messages_;
}

gossip_data_ptr relayed_data::merge(const gossip_data& other) const {
  const auto& newer = static_cast<const relayed_data&>(other);
  auto result = std::make_shared<relayed_data>();
  auto surplus = size_ + newer.size_;
  surplus = surplus > limit ? surplus - limit : 0;
  for (const auto* part : {this, &newer}) {
    for (const auto& message : part->messages_) {
      if (surplus > 0) {
        surplus -= message.size() < surplus ? message.size() : surplus;
        continue;
      }
      result->messages_.push_back(message);
      result->size_ += message.size();
    }
  }
  return result;
}

} // namespace cafmesh
