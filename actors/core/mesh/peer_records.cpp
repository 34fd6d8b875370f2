#include "actors/core/mesh/peer_records.hpp"

#include <tuple>
#include <utility>

#include "messages/wire/topology_update.hpp"

namespace cafmesh {

record_edition edition_of(const peer_summary& x) noexcept {
  return {x.version, x.uid, x.alias.has_value()};
}

bool supersedes(const record_edition& x, const record_edition& y) noexcept {
  return std::tie(x.version, x.uid, x.has_alias)
         > std::tie(y.version, y.uid, y.has_alias);
}

bool supersedes(const encoded_record& x, const encoded_record& y) noexcept {
  if (supersedes(x.edition, y.edition))
    return true;
  return !supersedes(y.edition, x.edition) && x.data > y.data;
}

peer_records::peer_records(std::vector<encoded_record_ptr> records)
    : records_(std::move(records)) {
}

std::size_t peer_records::size() const noexcept {
  std::size_t result = 0;
  for (auto& x : records_)
    result += x->data.size();
  return result;
}

std::vector<payload> peer_records::encode() const {
  std::vector<payload> result;
  auto definitions = wire::topology_definitions();
  for (auto first = records_.begin(); first != records_.end();) {
    auto size = definitions.size() + (*first)->data.size();
    auto last = first + 1;
    while (last != records_.end()
           && size + (*last)->data.size() <= max_update_size)
      size += (*last++)->data.size();
    bytes update;
    update.reserve(size);
    update.insert(update.end(), definitions.begin(), definitions.end());
    for (; first != last; ++first)
      update.insert(update.end(), (*first)->data.begin(), (*first)->data.end());
    result.emplace_back(std::move(update));
  }
  return result;
}

gossip_data_ptr peer_records::merge(const gossip_data& other) const {
  static const peer_records none{{}};
  const auto* known = dynamic_cast<const peer_records*>(&other);
  const auto& theirs = (known ? known : &none)->records_;
  std::vector<encoded_record_ptr> both;
  both.reserve(records_.size() + theirs.size());
  auto x = records_.begin();
  auto y = theirs.begin();
  while (x != records_.end() && y != theirs.end()) {
    if ((*x)->name < (*y)->name) {
      both.push_back(*x++);
    } else if ((*y)->name < (*x)->name) {
      both.push_back(*y++);
    } else {
      both.push_back(supersedes(**y, **x) ? *y : *x);
      ++x;
      ++y;
    }
  }
  both.insert(both.end(), x, records_.end());
  both.insert(both.end(), y, theirs.end());
  return std::make_shared<peer_records>(std::move(both));
}

} // namespace cafmesh
