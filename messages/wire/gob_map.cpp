#include "messages/wire/gob_map.hpp"

#include <iterator>

namespace cafmesh::wire {

namespace {

// The number that Go gives to the first type that a process encodes.
constexpr std::int64_t map_type = 65;

constexpr std::uint8_t signed_type(gob_type x) noexcept {
  return static_cast<std::uint8_t>(2 * static_cast<int>(x));
}

constexpr auto damaged = "another type or a damaged value";

bool is_map_of(const gob_definition* x, gob_type key,
               gob_type element) noexcept {
  return x != nullptr && x->shape == gob_shape::map
         && x->key == static_cast<std::int64_t>(key)
         && x->element == static_cast<std::int64_t>(element);
}

} // namespace

void append_gob_map(bytes& out, gob_type key, gob_type element,
                    std::size_t count, byte_view pairs) {
  const std::uint8_t definition[] = {0x0e,
                                     0xff,
                                     0x81,
                                     0x04,
                                     0x01,
                                     0x02,
                                     0xff,
                                     0x82,
                                     0x00,
                                     0x01,
                                     signed_type(key),
                                     0x01,
                                     signed_type(element),
                                     0x00,
                                     0x00};
  out.insert(out.end(), std::begin(definition), std::end(definition));
  bytes value;
  append_gob_int(value, map_type);
  value.push_back(0);
  append_gob_uint(value, count);
  value.insert(value.end(), pairs.begin(), pairs.end());
  append_gob_run(out, value);
}

gob_map_reader::gob_map_reader(byte_view input, gob_type key,
                               gob_type element) {
  gob_reader reader{input};
  gob_message value;
  is_complete_ = reader.next(value) == gob_status::complete;
  size_ = reader.position();
  bytes_after_ = input.size() - size_;
  if (is_complete_)
    in_ = gob_cursor{value.body};
  if (!is_complete_ || !is_map_of(reader.types().find(value.type), key, element)
      || in_.read_uint() != 0)
    in_.fail();
  pairs_left_ = in_.read_uint();
}

bool gob_map_reader::next() noexcept {
  if (!in_.ok() || pairs_left_ == 0)
    return false;
  --pairs_left_;
  return true;
}

const char* gob_map_reader::problem() const noexcept {
  if (is_complete_ && in_.ok() && !in_.at_end())
    return damaged;
  return problem_in_pairs();
}

const char* gob_map_reader::problem_in_pairs() const noexcept {
  if (!is_complete_)
    return "a damaged or incomplete stream";
  return in_.ok() ? nullptr : damaged;
}

} // namespace cafmesh::wire
