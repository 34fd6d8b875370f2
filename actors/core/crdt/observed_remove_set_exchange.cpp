#include <utility>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/set_items.hpp"
#include <cafmesh/observed_remove_set.hpp>

// Finds where two replicas of an `observed_remove_set` differ.
namespace cafmesh {

namespace {

// The approximate encoded size in bytes of an element without its text, and of
// a range of numbers.
constexpr std::size_t element_head = 4;
constexpr std::size_t encoded_range = 16;

} // namespace

std::size_t observed_remove_set::bytes_of_content() const noexcept {
  return present_.summary().size + element_head * present_.size()
         + encoded_range * known_.size();
}

payload observed_remove_set::outline(peer_name from) const {
  const set_items items{present_, known_};
  return payload{cafmesh::encode(outline_of_all(items, from))};
}

bool observed_remove_set::is_outline(byte_view message) noexcept {
  return !message.empty() && message[0] == outline_format;
}

caf::expected<comparison> observed_remove_set::compare(byte_view outline,
                                                       peer_name self) const {
  auto theirs = decode_outline(outline);
  if (!theirs)
    return std::move(theirs.error());
  const set_items items{present_, known_};
  return comparer<set_items>{items, self}.compare(*theirs);
}

} // namespace cafmesh
