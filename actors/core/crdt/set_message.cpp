#include "actors/core/crdt/set_message.hpp"

#include "messages/wire/gob.hpp"
#include <cafmesh/observed_remove_set.hpp>

namespace cafmesh {

void set_message::add(set_dot first, std::uint64_t last) {
  if (peers_.empty() || peers_.back().who != first.who)
    peers_.push_back({first.who, {}, {}});
  auto& ranges = peers_.back().ranges;
  if (!ranges.empty() && ranges.back().second + 1 == first.number) {
    ranges.back().second = last;
    return;
  }
  ranges.emplace_back(first.number, last);
  size_ += range_size;
}

void set_message::add(std::uint64_t number, const std::string& element) {
  peers_.back().present.emplace_back(number, &element);
  size_ += number_size + element.size();
}

payload set_message::finish() const {
  if (peers_.empty())
    return {};
  bytes out{observed_remove_set_format};
  out.reserve(size_ + 1);
  for (const auto& x : peers_) {
    wire::append_gob_uint(out, value_of(x.who));
    wire::append_gob_uint(out, x.ranges.size());
    std::uint64_t before = 0;
    for (const auto& [first, last] : x.ranges) {
      wire::append_gob_uint(out, first - before - 1);
      wire::append_gob_uint(out, last - first);
      before = last;
    }
    wire::append_gob_uint(out, x.present.size());
    before = 0;
    for (const auto& [number, element] : x.present) {
      wire::append_gob_uint(out, number - std::exchange(before, number));
      wire::append_gob_run(out, byte_view{*element});
    }
  }
  return payload{std::move(out)};
}

} // namespace cafmesh
