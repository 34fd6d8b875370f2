#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "crypto/frames/sealed_stream.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Benchmarks of sealing and opening frames. Sizes are those of the contents of
// frames, without the overhead of sealing.

namespace bench {

namespace {

using namespace cafmesh;

crypto::sealed_stream fresh_stream() {
  static const std::array<std::uint8_t, crypto::key::size> any_key = {7};
  return {crypto::key{byte_view{any_key.data(), any_key.size()}}, true};
}

// A message as a link has it: its head and its body are in separate buffers.
struct plain_text {
  bytes head;
  bytes body;
};

plain_text split(std::size_t size) {
  auto head = std::min<std::size_t>(size, 48);
  return {bytes(head), bytes(size - head)};
}

bytes box_for(std::size_t size) {
  return bytes(size + crypto::seal_overhead);
}

micro_case seal_case(const std::string& label, std::size_t size) {
  auto prepare = [size] {
    // A shared pointer, because std::function must be copyable and a stream is
    // not.
    auto stream = std::make_shared<crypto::sealed_stream>(fresh_stream());
    return [stream, plain = split(size), box = box_for(size)]() mutable {
      stream->seal(plain.head, plain.body, box.data());
      return std::uint64_t{box.front()};
    };
  };
  return {"seal " + label, 1, size, prepare};
}

// A stream opens frames only in order. Each round opens the same 64 frames with
// a fresh stream.
micro_case open_case(const std::string& label, std::size_t size) {
  constexpr std::size_t at_once = 64;
  auto prepare = [size] {
    auto stream = fresh_stream();
    auto text = split(size);
    std::vector<bytes> boxes(at_once, box_for(size));
    for (auto& x : boxes)
      stream.seal(text.head, text.body, x.data());
    return [boxes, plain = bytes(size)]() mutable {
      auto from = fresh_stream();
      std::uint64_t opened = 0;
      for (auto& x : boxes)
        opened += from.open(x.data(), x.size(), plain.data()) ? 1 : 0;
      return opened;
    };
  };
  return {"open " + label, at_once, at_once * size, prepare};
}

} // namespace

std::vector<micro_case> sealing_cases() {
  std::vector<micro_case> result;
  auto add = [&](const std::string& label, std::size_t size) {
    result.push_back(seal_case(label, size));
    result.push_back(open_case(label, size));
  };
  add("16 B", 16);
  add("64 B", 64);
  add("1 KiB", 1024);
  add("64 KiB", 64 * 1024);
  return result;
}

} // namespace bench
