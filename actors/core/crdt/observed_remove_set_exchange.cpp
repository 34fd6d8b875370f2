#include <utility>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/range_check.hpp"
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
  return is_check(message)
         || (!message.empty() && message[0] == outline_format);
}

payload observed_remove_set::check(peer_name from, const check_salt& salt,
                                   std::string& first) const {
  return next_check(set_items{present_, known_}, from, salt, first);
}

bool observed_remove_set::is_check(byte_view message) noexcept {
  return !message.empty() && message[0] == range_check_format;
}

caf::expected<comparison> observed_remove_set::compare(byte_view outline,
                                                       peer_name self) const {
  const set_items items{present_, known_};
  if (is_check(outline)) {
    auto range = decode_range_check(outline);
    if (!range)
      return std::move(range.error());
    return cafmesh::compare(items, *range, self);
  }
  auto theirs = decode_outline(outline);
  if (!theirs)
    return std::move(theirs.error());
  return comparer<set_items>{items, self}.compare(*theirs);
}

} // namespace cafmesh
