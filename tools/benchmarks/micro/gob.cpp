#include <string>
#include <string_view>

#include "messages/wire/gob.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Benchmarks of numbers and texts in gob, the serialisation format of Go.

namespace bench {

namespace {

using namespace cafmesh;

constexpr std::size_t count = 1000;

// Makes numbers like those in the mesh's messages: most of them are small, and
// every fourth is a power of two of up to 64 bits.
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

// Writes texts into a buffer that is known to be large enough.
std::size_t write_texts_to(bytes& buffer) {
  static const auto text = std::string(200, 'x');
  auto to = buffer.data();
  for (std::size_t i = 0; i < count; ++i)
    to = wire::write_gob_text_message(
      to, std::string_view{text}.substr(0, i % 200));
  return static_cast<std::size_t>(to - buffer.data());
}

bytes buffer_for_texts() {
  return bytes(count * (wire::max_gob_message_start + 200));
}

bytes written_texts() {
  auto result = buffer_for_texts();
  result.resize(write_texts_to(result));
  return result;
}

round_of_work write_texts() {
  return [buffer = buffer_for_texts()]() mutable {
    auto size = write_texts_to(buffer);
    return std::uint64_t{size} + buffer[size - 1];
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
