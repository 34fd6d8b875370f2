#include "actors/core/crdt/set_items.hpp"

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/dot_bytes.hpp"

namespace cafmesh {

namespace {

std::optional<set_dot> bound_of(std::optional<std::string_view> key) {
  if (!key)
    return std::nullopt;
  return dot_of(*key);
}

template <class Map>
std::size_t keys_between(const Map& map, set_dot first,
                         const std::optional<set_dot>& end) {
  const auto begin = map.position(first);
  return std::max(begin, end ? map.position(*end) : map.size()) - begin;
}

} // namespace

std::size_t
set_items::count_between(std::string_view first,
                         std::optional<std::string_view> last) const {
  const auto from = dot_of(first);
  const auto end = bound_of(last);
  if (end && !(from < *end))
    return 0;
  const auto* across = known_.range_at(from);
  return keys_between(present_, from, end)
         + keys_between(known_.all(), from, end)
         + (across && across->first < from ? 1 : 0);
}

std::pair<set_items::range_summary, std::size_t>
set_items::summary(std::string_view first,
                   std::optional<std::string_view> last) const {
  const auto from = dot_of(first);
  const auto end = bound_of(last);
  const auto [present, count] = present_.summary(from, end);
  auto [content, ranges] = known_.summary(from, end);
  content += present.content;
  return {{content}, count + ranges};
}

std::vector<std::string>
set_items::separators(std::string_view first,
                      std::optional<std::string_view> last,
                      std::size_t most) const {
  const auto from = dot_of(first);
  const auto end = bound_of(last);
  const auto elements = keys_between(present_, from, end);
  const auto ranges = keys_between(known_.all(), from, end);
  auto divide = [&](const auto& map, std::size_t count) {
    std::vector<std::string> result;
    const auto begin = map.position(from);
    const auto parts = std::min(most, count);
    for (std::size_t i = 1; i < parts; ++i) {
      const auto at = begin + count * i / parts;
      result.push_back(
        separator(key_of(map.nth(at - 1).first), key_of(map.nth(at).first)));
    }
    return result;
  };
  return elements >= ranges ? divide(present_, elements)
                            : divide(known_.all(), ranges);
}

} // namespace cafmesh
