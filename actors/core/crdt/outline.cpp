#include "actors/core/crdt/outline.hpp"

#include "actors/core/crdt/big_endian.hpp"
#include "actors/core/crdt/owner_name.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

constexpr std::uint8_t to_the_end = 128;

caf::error malformed(const char* what) {
  return make_error(errc::malformed, std::string{"outline: "} + what);
}

bool read_part(wire::gob_cursor& in, outline::part& x) {
  auto head = in.read_raw(1);
  if (!in.ok())
    return false;
  auto what = static_cast<std::uint8_t>(head[0] & ~to_the_end);
  if (what > static_cast<std::uint8_t>(outline::kind::wanted))
    return false;
  x.what = static_cast<outline::kind>(what);
  if ((head[0] & to_the_end) == 0) {
    auto end = in.read_run();
    if (end.size() > max_outline_key)
      return false;
    x.end = std::string{end.as_text()};
  }
  if (x.what == outline::kind::described) {
    x.count = in.read_uint();
    auto content = in.read_raw(16);
    if (!in.ok() || x.count > INT64_MAX)
      return false;
    x.content = {u64_at(content, 0), u64_at(content, 8)};
  }
  return in.ok();
}

} // namespace

bytes encode(const outline& x) {
  bytes result{outline_format};
  append_owner_name(result, x.from);
  for (const auto& part : x.parts) {
    result.push_back(static_cast<std::uint8_t>(
      static_cast<std::uint8_t>(part.what) | (part.end ? 0 : to_the_end)));
    if (part.end)
      wire::append_gob_run(result, byte_view{*part.end});
    if (part.what != outline::kind::described)
      continue;
    wire::append_gob_uint(result, part.count);
    append_u64(result, part.content.high());
    append_u64(result, part.content.low());
  }
  return result;
}

caf::expected<outline> decode_outline(byte_view input) {
  if (input.size() > max_outline_size)
    return malformed("it is too large");
  if (input.empty() || input[0] != outline_format)
    return malformed("it has another format");
  wire::gob_cursor in{input.sub(1)};
  outline result;
  result.from = read_owner_name(in.read_run());
  if (!in.ok() || result.from.is_unknown())
    return malformed("it has no sender");
  while (!in.at_end()) {
    outline::part x;
    if (!read_part(in, x))
      return malformed("a range makes no sense");
    if (!result.parts.empty()
        && (!result.parts.back().end
            || (x.end && *x.end <= *result.parts.back().end)))
      return malformed("ranges do not ascend");
    if (result.parts.size() == max_outline_parts)
      return malformed("it has too many ranges");
    result.parts.push_back(std::move(x));
  }
  return result;
}

} // namespace cafmesh
