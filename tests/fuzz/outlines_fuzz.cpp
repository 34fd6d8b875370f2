#include <deque>
#include <utility>

#include "actors/core/crdt/outline.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::fuzz;

// Decodes a message for each of two replicas of a value, and lets one replica
// compare itself with an outline made by the fuzzer. Then lets the replicas
// exchange outlines, after which they must agree.
namespace {

constexpr std::size_t most_messages = 1000;

template <class V>
void check_parts(const V& x, key_range range) {
  std::size_t messages = 0;
  for (auto part = x.take_part(range); !part.empty();
       part = x.take_part(range)) {
    require(bool{x.decode(part.view())}, "parts can be read");
    require(++messages < most_messages, "a range ends");
  }
}

template <class V>
void check_outline(const V& x, byte_view outline) {
  auto found = x.compare(outline, peer_name::from_number(1));
  if (!found)
    return;
  require(found->missing.size() <= max_outline_parts, "ranges are few");
  require(found->reply.empty()
            || (V::is_outline(found->reply.view())
                && decode_outline(found->reply.view())),
          "a reply is an outline");
  for (const auto& range : found->missing)
    check_parts(x, range);
}

template <class V>
void exchange(V& x, V& y) {
  std::deque<std::pair<V*, payload>> on_the_way{
    {&y, x.outline(peer_name::from_number(1))}};
  for (std::size_t i = 0; !on_the_way.empty(); ++i) {
    require(i < most_messages, "an exchange ends");
    auto [to, message] = on_the_way.front();
    on_the_way.pop_front();
    auto* from = to == &x ? &y : &x;
    if (!V::is_outline(message.view())) {
      to->merge(*to->decode(message.view()));
      continue;
    }
    auto found =
      to->compare(message.view(), peer_name::from_number(to == &x ? 1 : 2));
    require(bool{found}, "our outlines can be read");
    for (auto& range : found->missing)
      for (auto part = to->take_part(range); !part.empty();
           part = to->take_part(range))
        on_the_way.emplace_back(from, part);
    if (!found->reply.empty())
      on_the_way.emplace_back(from, found->reply);
  }
}

// An old tombstone is accepted only by a map that has the key already.
bool all_is_accepted(const lww_map& x) {
  for (const auto& each : x.entries())
    if (each.second.deleted
        && instant{} - each.second.deleted_at > std::chrono::hours{18})
      return false;
  return true;
}
bool all_is_accepted(const observed_remove_set&) {
  return true;
}

template <class V>
void check(byte_view first, byte_view second, byte_view outline) {
  V x, y;
  if (auto found = x.decode(first))
    x.merge(*found);
  if (auto found = y.decode(second))
    y.merge(*found);
  check_outline(x, outline);
  if (!all_is_accepted(x) || !all_is_accepted(y))
    return;
  auto both = x;
  both.merge(y);
  exchange(x, y);
  require(x == both && y == both, "replicas agree after an exchange");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  const auto first = in.run();
  const auto second = in.run();
  const auto outline = in.rest();
  check<observed_remove_set>(first, second, outline);
  check<lww_map>(first, second, outline);
  return 0;
}
