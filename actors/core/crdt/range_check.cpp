#include "actors/core/crdt/range_check.hpp"

#include "actors/core/crdt/big_endian.hpp"
#include "actors/core/crdt/owner_name.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

constexpr std::uint8_t all_later_keys = 128;

caf::error malformed_check(const char* what) {
  return make_error(errc::malformed, std::string{"check: "} + what);
}

void append_sum(bytes& out, fingerprint x) {
  append_u64(out, x.high());
  append_u64(out, x.low());
}

fingerprint read_sum(wire::gob_cursor& in) {
  const auto x = in.read_raw(16);
  return in.ok() ? fingerprint{u64_at(x, 0), u64_at(x, 8)} : fingerprint{};
}

bool read_range(wire::gob_cursor& in, key_range& x) {
  const auto first = in.read_run();
  const auto kind = in.read_raw(1);
  if (!in.ok() || first.size() > max_outline_key
      || (kind[0] != 0 && kind[0] != all_later_keys))
    return false;
  x.first = first.as_text();
  if (kind[0] == all_later_keys)
    return true;
  const auto end = in.read_run();
  if (!in.ok() || end.size() > max_outline_key)
    return false;
  x.end = std::string{end.as_text()};
  return x.first < *x.end;
}

} // namespace

bytes encode(const range_check& x) {
  bytes result{range_check_format};
  append_owner_name(result, x.from);
  wire::append_gob_run(result, byte_view{x.range.first});
  result.push_back(x.range.end ? 0 : all_later_keys);
  if (x.range.end)
    wire::append_gob_run(result, byte_view{*x.range.end});
  wire::append_gob_uint(result, x.count);
  append_sum(result, x.content);
  result.insert(result.end(), x.salt.begin(), x.salt.end());
  append_sum(result, x.salted);
  return result;
}

caf::expected<range_check> decode_range_check(byte_view input) {
  if (input.empty() || input[0] != range_check_format)
    return malformed_check("it has another format");
  wire::gob_cursor in{input.sub(1)};
  range_check result;
  result.from = read_owner_name(in.read_run());
  if (!in.ok() || result.from.is_unknown())
    return malformed_check("it has no sender");
  if (!read_range(in, result.range))
    return malformed_check("its range makes no sense");
  result.count = in.read_uint();
  result.content = read_sum(in);
  const auto salt = in.read_raw(result.salt.size());
  if (in.ok())
    std::copy(salt.begin(), salt.end(), result.salt.begin());
  result.salted = read_sum(in);
  if (!in.ok() || !in.at_end() || result.count > INT64_MAX)
    return malformed_check("it is cut off or has bytes to spare");
  return result;
}

} // namespace cafmesh
