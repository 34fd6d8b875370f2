#include "actors/core/remote/bodies.hpp"

#include <algorithm>
#include <utility>

#include "messages/wire/byte_stream.hpp"

namespace cafmesh::remote {

namespace {

bool is_data(body_kind x) {
  return x == body_kind::message || x == body_kind::exit;
}

bool is_body_kind(std::uint8_t x) {
  return (x >= static_cast<std::uint8_t>(body_kind::message)
          && x <= static_cast<std::uint8_t>(body_kind::exit))
         || (x >= static_cast<std::uint8_t>(body_kind::watch)
             && x <= static_cast<std::uint8_t>(body_kind::answer_lost));
}

constexpr std::size_t longest_ref = 1 + sizeof(node_key) + wire::longest_number;

// Needs room for `longest_ref` bytes. Returns the end of what it wrote.
std::uint8_t* write_ref(std::uint8_t* to, const actor_ref& x) {
  *to++ = static_cast<std::uint8_t>(x.where);
  if (x.where == place::nobody)
    return to;
  if (x.where == place::elsewhere)
    to = std::copy(x.node.begin(), x.node.end(), to);
  return wire::write_number(to, x.id);
}

bool read_ref(wire::byte_reader& from, actor_ref& out) {
  auto where = from.octet();
  if (where > static_cast<std::uint8_t>(place::elsewhere))
    return false;
  out.where = static_cast<place>(where);
  if (out.where == place::nobody)
    return true;
  if (out.where == place::elsewhere) {
    auto node = from.take(out.node.size());
    std::copy(node.begin(), node.end(), out.node.begin());
  }
  out.id = from.number();
  return !from.failed();
}

bool read_into(body& result, byte_view from) {
  wire::byte_reader reader{from};
  auto kind = reader.octet();
  if (!is_body_kind(kind))
    return false;
  result.kind = static_cast<body_kind>(kind);
  result.actor = reader.number();
  result.other = reader.number();
  if (is_data(result.kind)) {
    if (!read_ref(reader, result.from))
      return false;
    auto count = reader.octet();
    if (count > max_stages)
      return false;
    result.stages.resize(count);
    for (auto& stage : result.stages)
      if (!read_ref(reader, stage) || stage.where == place::nobody)
        return false;
  }
  result.content = reader.rest();
  return !reader.failed();
}

} // namespace

void append_body(bytes& out, const body& x) {
  std::uint8_t head[2 + 2 * wire::longest_number + longest_ref];
  auto* to = head;
  *to++ = static_cast<std::uint8_t>(x.kind);
  to = wire::write_number(to, x.actor);
  to = wire::write_number(to, x.other);
  if (is_data(x.kind)) {
    to = write_ref(to, x.from);
    *to++ = static_cast<std::uint8_t>(x.stages.size());
  }
  out.insert(out.end(), head, to);
  if (!is_data(x.kind))
    return;
  for (const auto& stage : x.stages) {
    std::uint8_t ref[longest_ref];
    out.insert(out.end(), ref, write_ref(ref, stage));
  }
}

std::optional<body> read_body(byte_view from) {
  std::optional<body> result{std::in_place};
  if (!read_into(*result, from))
    result.reset();
  return result;
}

} // namespace cafmesh::remote
