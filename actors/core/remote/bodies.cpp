#include "actors/core/remote/bodies.hpp"

#include <algorithm>

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
             && x <= static_cast<std::uint8_t>(body_kind::large_credit));
}

void append_ref(bytes& out, const actor_ref& x) {
  out.push_back(static_cast<std::uint8_t>(x.where));
  if (x.where == place::nobody)
    return;
  if (x.where == place::elsewhere)
    out.insert(out.end(), x.node.begin(), x.node.end());
  wire::append_number(out, x.id);
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

} // namespace

void append_body(bytes& out, const body& x) {
  out.push_back(static_cast<std::uint8_t>(x.kind));
  wire::append_number(out, x.actor);
  wire::append_number(out, x.other);
  if (!is_data(x.kind))
    return;
  append_ref(out, x.from);
  out.push_back(static_cast<std::uint8_t>(x.stages.size()));
  for (const auto& stage : x.stages)
    append_ref(out, stage);
}

std::optional<body> read_body(byte_view from) {
  wire::byte_reader reader{from};
  auto kind = reader.octet();
  if (!is_body_kind(kind))
    return std::nullopt;
  body result;
  result.kind = static_cast<body_kind>(kind);
  result.actor = reader.number();
  result.other = reader.number();
  if (is_data(result.kind)) {
    if (!read_ref(reader, result.from))
      return std::nullopt;
    auto count = reader.octet();
    if (count > max_stages)
      return std::nullopt;
    result.stages.resize(count);
    for (auto& stage : result.stages)
      if (!read_ref(reader, stage) || stage.where == place::nobody)
        return std::nullopt;
  }
  if (reader.failed())
    return std::nullopt;
  result.content = reader.rest();
  return result;
}

} // namespace cafmesh::remote
