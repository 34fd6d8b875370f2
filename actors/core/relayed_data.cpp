#include "relayed_data.hpp"

#include <utility>

namespace cafmesh {

namespace {

// What goes at once when the limit is passed is a run, so none gets longer.
constexpr std::size_t longest_run = relayed_data::limit / 16;

} // namespace

gossip_data_ptr relayed_data::of(const payload& message) {
  auto first = std::make_shared<run>();
  // What waits may not keep all that was read along with it.
  first->messages.push_back(message.compact());
  first->size = message.size() + overhead;
  auto result = std::make_shared<relayed_data>();
  result->append(std::move(first));
  return result;
}

std::vector<payload> relayed_data::encode() const {
  std::vector<payload> result;
  for (const auto& x : runs_)
    result.insert(result.end(), x->messages.begin(), x->messages.end());
  return result;
}

gossip_data_ptr relayed_data::merge(const gossip_data& other) const {
  auto result = std::make_shared<relayed_data>(*this);
  for (const auto& x : static_cast<const relayed_data&>(other).runs_)
    result->append(x);
  while (result->size_ > limit && result->runs_.size() > 1) {
    result->size_ -= result->runs_.front()->size;
    result->runs_.erase(result->runs_.begin());
  }
  return result;
}

void relayed_data::append(run_ptr x) {
  size_ += x->size;
  // Each message moves into a run of twice the length, so not often.
  while (!runs_.empty()
         && runs_.back()->messages.size() <= 2 * x->messages.size()
         && runs_.back()->size + x->size <= longest_run) {
    auto both = std::make_shared<run>(*runs_.back());
    both->messages.insert(both->messages.end(), x->messages.begin(),
                          x->messages.end());
    both->size += x->size;
    runs_.pop_back();
    x = std::move(both);
  }
  runs_.push_back(std::move(x));
}

} // namespace cafmesh
