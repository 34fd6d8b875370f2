#include "messages/wire/gob_map.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::wire;

namespace {

void read_numbers(byte_view xs) {
  gob_cursor in{xs};
  while (in.ok() && !in.at_end()) {
    auto before = in.position();
    auto x = in.read_uint();
    require(in.position() <= xs.size(), "a cursor stays within its input");
    if (!in.ok())
      return;
    require(in.position() > before, "reading moves on");
    bytes out;
    append_gob_uint(out, x);
    require(out.size() == gob_uint_size(x), "the size is known beforehand");
    gob_cursor again{out};
    require(again.read_uint() == x && again.at_end(), "numbers survive");
    out.clear();
    append_gob_int(out, static_cast<std::int64_t>(x));
    gob_cursor with_sign{out};
    require(with_sign.read_int() == static_cast<std::int64_t>(x),
            "numbers with a sign survive");
  }
}

void read_runs(byte_view xs) {
  gob_cursor in{xs};
  while (in.ok() && !in.at_end())
    require_within(in.read_run(), xs);
}

void read_messages(byte_view xs) {
  gob_message message;
  for (auto rest = xs;
       take_gob_message(rest, message) == gob_status::complete;) {
    require_within(rest, xs);
    require_within(message.body, xs);
  }
  for (auto type : {gob_type::unsigned_int, gob_type::text,
                    gob_type::byte_slice, gob_type::boolean}) {
    auto rest = xs;
    auto value = take_gob_value(rest, type);
    require_within(rest, xs);
    require_within(value.read_run(), xs);
  }
}

void read_values(byte_view xs) {
  gob_reader reader{xs};
  gob_message value;
  while (reader.next(value) == gob_status::complete) {
    require(reader.position() <= xs.size(), "a reader stays within its input");
    require(value.type > 0, "what a reader stops at is a value");
    gob_cursor in{value.body};
    reader.types().skip_value(in, value.type);
    require(in.position() <= value.body.size(), "a value ends in its message");
  }
}

void read_map(byte_view xs) {
  gob_map_reader pairs{xs, gob_type::text, gob_type::text};
  while (pairs.next()) {
    require_within(pairs.cursor().read_run(), xs);
    require_within(pairs.cursor().read_run(), xs);
  }
  require(pairs.size() <= xs.size(), "a map ends in its input");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  byte_view xs{data, size};
  read_numbers(xs);
  read_runs(xs);
  read_messages(xs);
  read_values(xs);
  read_map(xs);
  return 0;
}
