#include "actors/core/directory/names_data.hpp"

#include <memory>

namespace cafmesh::names {

names_data::names_data(payload message) {
  if (kind_of(message.view()) != kind::part) {
    outline_ = std::move(message);
    return;
  }
  wire::gob_cursor in{message.view().sub(1)};
  auto head = read_header(in);
  bytes_ = message.size();
  documents_[head.of] = {head, {message}, message.size()};
}

std::vector<payload> names_data::encode() const {
  std::vector<payload> result;
  for (const auto& [of, x] : documents_)
    result.insert(result.end(), x.parts.begin(), x.parts.end());
  if (!outline_.empty())
    result.push_back(outline_);
  return result;
}

gossip_data_ptr names_data::merge(const gossip_data& other) const {
  auto result = std::make_shared<names_data>(*this);
  result->take_in(other);
  return result;
}

bool names_data::merge_in_place(const gossip_data& other) {
  take_in(other);
  return true;
}

void names_data::take_in(const gossip_data& other) {
  const auto* same = dynamic_cast<const names_data*>(&other);
  if (!same)
    return;
  if (!same->outline_.empty())
    outline_ = same->outline_;
  for (const auto& [of, theirs] : same->documents_) {
    auto& ours =
      documents_.emplace(of, waiting_parts{theirs.newest, {}, 0}).first->second;
    if (supersedes(theirs.newest, ours.newest))
      ours.newest = theirs.newest;
    ours.parts.insert(ours.parts.end(), theirs.parts.begin(),
                      theirs.parts.end());
    ours.bytes += theirs.bytes;
    bytes_ += theirs.bytes;
    if (ours.bytes > max_of_one)
      shorten(ours);
  }
  if (bytes_ > max_of_all)
    for (auto& [of, x] : documents_)
      shorten(x);
}

void names_data::shorten(waiting_parts& x) {
  bytes_ -= x.bytes;
  x.parts = {encode_announcement(x.newest)};
  x.bytes = x.parts[0].size();
  bytes_ += x.bytes;
}

} // namespace cafmesh::names
