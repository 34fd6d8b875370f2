#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "tests/support/damage.hpp"
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh::test {

/// Two replicas of a value that send each other summaries of their items,
/// called outlines, and then the items that differ.
template <class V>
struct exchanging_pair {
  V replica[2];
  std::size_t bytes_sent = 0;
  std::size_t messages = 0;
  std::size_t largest = 0;

  static peer_name name_of(int which) {
    return peer_name::from_number(static_cast<std::uint64_t>(which) + 1);
  }

  bool agree() const {
    return replica[0] == replica[1];
  }

  void send(const payload& x) {
    ++messages;
    bytes_sent += x.size();
    largest = std::max(largest, x.size());
  }

  // Sends the outline of the first replica to the second, then delivers all
  // messages that follow, except those for which `is_lost()` is true.
  template <class F>
  void exchange(F is_lost) {
    std::deque<std::pair<int, payload>> on_the_way{
      {1, replica[0].outline(name_of(0))}};
    while (!on_the_way.empty()) {
      auto [to, message] = on_the_way.front();
      on_the_way.pop_front();
      send(message);
      if (is_lost())
        continue;
      if (!V::is_outline(message.view())) {
        replica[to].merge(*replica[to].decode(message.view()));
        continue;
      }
      auto found = *replica[to].compare(message.view(), name_of(to));
      BOOST_TEST_REQUIRE((found.from == name_of(1 - to)));
      for (auto& range : found.missing)
        for (auto x = replica[to].take_part(range); !x.empty();
             x = replica[to].take_part(range))
          on_the_way.emplace_back(1 - to, x);
      if (!found.reply.empty())
        on_the_way.emplace_back(1 - to, found.reply);
      BOOST_TEST_REQUIRE(messages < 10'000u);
    }
  }
  void exchange() {
    exchange([] { return false; });
  }

  void compare_with_damage() {
    const auto first = replica[0].outline(name_of(0));
    const auto second = replica[1].compare(first.view(), name_of(1))->reply;
    const std::vector<bytes> good{first.view().to_bytes(),
                                  second.view().to_bytes()};
    damage damaged{good};
    std::size_t understood = 0;
    for (int i = 0; i < 3000; ++i)
      if (auto found = replica[0].compare(damaged.next(), name_of(0))) {
        ++understood;
        BOOST_TEST_REQUIRE(found->reply.size() <= max_outline_size);
        BOOST_TEST_REQUIRE(found->missing.size() <= max_outline_parts);
        for (auto& range : found->missing)
          for (int parts = 0; !replica[0].take_part(range).empty(); ++parts)
            BOOST_TEST_REQUIRE(parts < 100);
      }
    BOOST_TEST(understood > 0u);
  }
};

} // namespace cafmesh::test
