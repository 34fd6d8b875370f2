#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/mesh.hpp"
#include <cafmesh/replicated.hpp>

namespace cafmesh::test {

/// A mesh whose nodes have replicated values on the channel `value`.
struct replicated_mesh : mesh {
  template <class V>
  replicated_actor<V> value_on(char letter, V initial = V{}) {
    auto result = spawn_replicated(system(), at(letter).router(), "value",
                                   std::move(initial));
    auto joined = ask<gossip_channel_actor>(result, get_channel{});
    BOOST_TEST_REQUIRE(joined.value.has_value(), describe(joined.why));
    return result;
  }

  template <class V>
  reply<snapshot<V>> change(const replicated_actor<V>& whom,
                            std::function<caf::expected<V>(const V&)> how) {
    return ask<snapshot<V>>(whom, update<V>{std::move(how)});
  }

  void increment(const replicated_actor<grow_counter>& whom, char letter) {
    change<grow_counter>(whom, [=](const grow_counter& x) {
      return x.increment(
        peer_name::from_number(static_cast<std::uint64_t>(letter)));
    });
  }
  std::int64_t count(const replicated_actor<grow_counter>& whom) {
    return (*ask<snapshot<grow_counter>>(whom, get_value<grow_counter>{}).value)
      ->value();
  }
};

} // namespace cafmesh::test
