#include <algorithm>

#include "messages/wire/gob.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Numbers and messages of gob streams.

namespace bench {

namespace {

using namespace cafmesh;

constexpr std::size_t count = 1000;

// As in what the mesh says: many small ones, some of each size.
std::uint64_t number(std::size_t i) noexcept {
  return i % 4 != 0 ? i % 128 : std::uint64_t{1} << (i / 4 % 64);
}

bytes written_numbers() {
  bytes result;
  for (std::size_t i = 0; i < count; ++i)
    wire::append_gob_uint(result, number(i));
  return result;
}

round_of_work write_numbers() {
  return [out = bytes{}]() mutable {
    out.clear();
    for (std::size_t i = 0; i < count; ++i)
      wire::append_gob_uint(out, number(i));
    return out.size() + out.back();
  };
}

round_of_work read_numbers() {
  return [input = written_numbers()] {
    wire::gob_cursor in{input};
    std::uint64_t sum = 0;
    while (!in.at_end() && in.ok())
      sum += in.read_uint();
    return sum;
  };
}

bytes written_texts() {
  bytes result;
  for (std::size_t i = 0; i < count; ++i)
    wire::append_gob_text_message(result, std::string(i % 200, 'x'));
  return result;
}

round_of_work write_texts() {
  return [out = bytes{}, text = std::string(200, 'x')]() mutable {
    out.clear();
    for (std::size_t i = 0; i < count; ++i)
      wire::append_gob_text_message(out,
                                    std::string_view{text}.substr(0, i % 200));
    return out.size() + out.back();
  };
}

round_of_work read_texts() {
  return [input = written_texts()] {
    byte_view rest = input;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sum += wire::take_gob_value(rest, wire::gob_type::text).read_run().size();
    return sum + rest.size();
  };
}

} // namespace

std::vector<micro_case> gob_cases() {
  auto numbers = written_numbers().size();
  auto texts = written_texts().size();
  return {
    {"gob numbers written", count, numbers, write_numbers},
    {"gob numbers read", count, numbers, read_numbers},
    {"gob texts written", count, texts, write_texts},
    {"gob texts read", count, texts, read_texts},
  };
}

} // namespace bench
