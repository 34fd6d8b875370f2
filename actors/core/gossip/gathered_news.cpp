#include "actors/core/gossip/gathered_news.hpp"

#include <utility>

namespace cafmesh {

void gathered_news::add(gossip_data_ptr news) {
  if (news)
    waiting_.add(std::move(news), faults_);
}

std::optional<instant> gathered_news::due_at() const {
  if (!waiting_)
    return std::nullopt;
  return not_before_;
}

gossip_data_ptr gathered_news::take(std::size_t neighbours, instant now) {
  if (!waiting_ || now < not_before_)
    return nullptr;
  not_before_ = now + interval_per_neighbour * neighbours;
  return waiting_.take();
}

} // namespace cafmesh
