#include <algorithm>
#include <array>
#include <memory>

#include "crypto/frames/sealed_stream.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Frames sealed and opened, the sizes being those of what is inside.

namespace bench {

namespace {

using namespace cafmesh;

crypto::sealed_stream fresh_stream() {
  static const std::array<std::uint8_t, crypto::key::size> any_key = {7};
  return {crypto::key{byte_view{any_key.data(), any_key.size()}}, true};
}

micro_case seal_case(const std::string& label, std::size_t size) {
  auto sealed = size + crypto::seal_overhead;
  auto prepare = [sealed] {
    // Shared, since such functions are copied and streams are not.
    auto stream = std::make_shared<crypto::sealed_stream>(fresh_stream());
    return [stream, box = bytes(sealed)]() mutable {
      stream->seal_in_place(box.data(), box.size());
      return std::uint64_t{box.front()};
    };
  };
  return {"seal " + label, 1, size, prepare};
}

// Frames open in their order alone: so each round opens the same few, as the
// first ones of a stream.
micro_case open_case(const std::string& label, std::size_t size) {
  constexpr std::size_t at_once = 64;
  auto sealed = size + crypto::seal_overhead;
  auto prepare = [sealed] {
    auto stream = fresh_stream();
    std::vector<bytes> boxes(at_once, bytes(sealed));
    for (auto& x : boxes)
      stream.seal_in_place(x.data(), x.size());
    return [boxes, plain = bytes(sealed)]() mutable {
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
