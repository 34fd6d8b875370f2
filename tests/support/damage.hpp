#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <cafmesh/bytes.hpp>

namespace cafmesh::test {

/// Makes copies of byte strings with flipped bits, or with bytes that were
/// inserted, changed, removed, repeated or copied from another string.
class damage {
public:
  explicit damage(const std::vector<bytes>& donors) : donors_(donors) {
  }

  bytes next() {
    auto result = any();
    for (auto count = 1 + below(4); count > 0; --count)
      change(result);
    return result;
  }

private:
  std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : engine_() % limit;
  }
  const bytes& any() {
    return donors_[below(donors_.size())];
  }
  std::uint8_t any_byte() {
    constexpr std::uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xf7, 0xf8, 0xff};
    return below(2) == 0 ? edges[below(7)]
                         : static_cast<std::uint8_t>(below(256));
  }

  void change(bytes& xs) {
    auto at = below(xs.size() + 1);
    auto place = xs.begin() + static_cast<std::ptrdiff_t>(at);
    auto size = std::min(below(16), xs.size() - at);
    switch (below(6)) {
    case 0:
      xs.insert(place, any_byte());
      return;
    case 1:
      xs.erase(place, place + static_cast<std::ptrdiff_t>(size));
      return;
    case 2: {
      bytes again(place, place + static_cast<std::ptrdiff_t>(size));
      xs.insert(place, again.begin(), again.end());
      return;
    }
    case 3: {
      const auto& donor = any();
      auto from = byte_view{donor}.sub(below(donor.size() + 1), 64);
      xs.insert(place, from.begin(), from.end());
      return;
    }
    case 4:
      if (at < xs.size())
        xs[at] = static_cast<std::uint8_t>(xs[at] ^ (1u << below(8)));
      return;
    default:
      if (at < xs.size())
        xs[at] = any_byte();
    }
  }

  const std::vector<bytes>& donors_;
  // The seed is fixed, so that failures can be reproduced.
  std::mt19937 engine_{20170601};
};

} // namespace cafmesh::test
