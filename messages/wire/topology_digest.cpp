#include "messages/wire/topology_digest.hpp"

namespace cafmesh::wire {

namespace {

// Messages that are not updates begin with a byte from 0x80 to 0xf7. Updates
// never do, because they begin with a gob number, which cannot start like that.
constexpr std::uint8_t first_mark = 0x80;
constexpr std::uint8_t outline_mark = 0x80;
constexpr std::uint8_t end_mark = 0x81;
constexpr std::uint8_t last_mark = 0xf7;

} // namespace

topology_message kind_of_topology_message(byte_view data) noexcept {
  if (data.empty() || data[0] < first_mark || data[0] > last_mark)
    return topology_message::update;
  switch (data[0]) {
  case outline_mark:
    return topology_message::outline;
  case end_mark:
    return topology_message::end_of_answer;
  default:
    return topology_message::unknown;
  }
}

payload outline_message(byte_view outline) {
  bytes result;
  result.reserve(outline.size() + 1);
  result.push_back(outline_mark);
  result.insert(result.end(), outline.begin(), outline.end());
  return payload{std::move(result)};
}

byte_view outline_in(byte_view message) noexcept {
  return message.sub(1);
}

const payload& end_of_answer() {
  static const payload result{bytes{end_mark}};
  return result;
}

} // namespace cafmesh::wire
