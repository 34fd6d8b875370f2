#include "actors/core/gossip/relayed_data.hpp"

#include <algorithm>
#include <typeinfo>
#include <utility>

namespace cafmesh {

gossip_data_ptr relayed_data::of(const payload& message) {
  auto first = std::make_shared<run>();
  // Copies the message, because a waiting message would keep the whole block
  // that it was read into.
  first->messages.push_back(message.compact());
  first->size = message.size() + overhead;
  auto result = std::make_shared<relayed_data>();
  result->append(std::move(first));
  return result;
}

relayed_data::ptr relayed_data::of_messages(const gossip_data& other) {
  auto result = std::make_shared<relayed_data>();
  for (auto& message : other.encode()) {
    auto one = std::make_shared<run>();
    one->size = message.size() + overhead;
    one->messages.push_back(std::move(message));
    result->append(std::move(one));
  }
  return result;
}

const relayed_data* relayed_data::in(const gossip_data& x) noexcept {
  return typeid(x) == typeid(relayed_data)
           ? static_cast<const relayed_data*>(&x)
           : nullptr;
}

std::vector<payload> relayed_data::encode() const {
  std::vector<payload> result;
  for (const auto& x : runs_)
    result.insert(result.end(), x->messages.begin(), x->messages.end());
  return result;
}

gossip_data_ptr relayed_data::merge(const gossip_data& other) const {
  const auto* relayed = in(other);
  auto messages = relayed ? nullptr : of_messages(other);
  auto result = std::make_shared<relayed_data>(*this);
  for (const auto& x : (relayed ? relayed : messages.get())->runs_)
    result->append(x);
  return result;
}

std::size_t relayed_data::count() const noexcept {
  std::size_t result = 0;
  for (const auto& x : runs_)
    result += x->messages.size();
  return result;
}

std::pair<relayed_data::ptr, relayed_data::ptr> relayed_data::split() const {
  if (runs_.empty())
    return {};
  auto oldest = std::make_shared<relayed_data>();
  std::size_t n = 0;
  for (; n < runs_.size(); ++n) {
    if (n > 0 && oldest->size_ + runs_[n]->size > longest_run)
      break;
    oldest->runs_.push_back(runs_[n]);
    oldest->size_ += runs_[n]->size;
  }
  return {std::move(oldest), from(n)};
}

relayed_data::ptr relayed_data::without_oldest(std::size_t size) const {
  std::size_t n = 0;
  for (; n < runs_.size() && size > 0; ++n) {
    if (runs_[n]->size > size && runs_[n]->messages.size() > 1)
      break;
    size -= std::min(size, runs_[n]->size);
  }
  auto result = from(n);
  if (size == 0 || !result)
    return result;
  auto& first = result->runs_.front();
  result->size_ -= first->size;
  first = later_part(*first, size);
  result->size_ += first->size;
  return result;
}

// A copy of the run without its oldest messages. Leaves out at least `without`
// bytes and at least half of the messages, but always keeps the last message.
// Half are left out because each removal copies the messages that stay.
relayed_data::run_ptr relayed_data::later_part(const run& x,
                                               std::size_t without) {
  auto result = std::make_shared<run>();
  std::size_t gone = 0;
  auto i = x.messages.begin();
  auto last = x.messages.end() - 1;
  auto half = x.messages.begin() + (x.messages.end() - x.messages.begin()) / 2;
  for (; i != last && (gone < without || i < half); ++i)
    gone += i->size() + overhead;
  result->messages.assign(i, x.messages.end());
  result->size = x.size - gone;
  return result;
}

void relayed_data::append(run_ptr x) {
  size_ += x->size;
  // Merges short runs, so that runs grow geometrically and each message is
  // copied only a few times.
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

std::shared_ptr<relayed_data> relayed_data::from(std::size_t first_run) const {
  if (first_run == runs_.size())
    return nullptr;
  auto result = std::make_shared<relayed_data>();
  result->runs_.assign(runs_.begin() + static_cast<std::ptrdiff_t>(first_run),
                       runs_.end());
  for (const auto& x : result->runs_)
    result->size_ += x->size;
  return result;
}

} // namespace cafmesh
