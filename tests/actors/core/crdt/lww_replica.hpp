#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <cafmesh/lww_map.hpp>
#include <cafmesh/reachable.hpp>

/// Helpers for the tests of `lww_map`.
namespace cafmesh::test {

inline peer_name peer(std::uint64_t number) {
  return peer_name::from_number(number);
}

inline byte_view view(std::string_view text) {
  return byte_view{text};
}

struct lww_kind {
  static lww_map fresh() {
    return lww_map{};
  }
  static lww_map change(std::mt19937& rng, const lww_map& from,
                        std::size_t replica) {
    std::string key(1, static_cast<char>('a' + rng() % 6));
    if (rng() % 3 == 0)
      return *from.erase(key, peer(replica + 1));
    auto value = std::to_string(rng() % 100);
    return *from.put(key, view(value), peer(replica + 1));
  }
};

constexpr wall_time today = earliest_wall_time + std::chrono::hours{24 * 150};

/// A map, the peer that writes to it, and a clock, which starts at 1 h.
struct lww_replica {
  static constexpr instant start{std::chrono::hours{1}};

  explicit lww_replica(std::uint64_t number,
                       duration retention = std::chrono::hours{1})
      : who(peer(number)), map(retention) {
    map.advance(start);
    map.set_date(today);
  }

  lww_map put(std::string_view key, std::string_view value) {
    return apply(*map.put(key, view(value), who));
  }
  lww_map erase(std::string_view key) {
    return apply(*map.erase(key, who));
  }
  void hear(const lww_replica& other) {
    for (const auto& message : other.map.encode())
      hear(message.view());
  }
  void hear(byte_view message) {
    map.merge(*map.decode(message));
  }
  void at(duration time) {
    map.advance(start + time);
  }
  std::string get(std::string_view key) const {
    auto x = map.find(key);
    return x ? std::string{x->value.view().as_text()} : "-";
  }

  peer_name who;
  lww_map map;

private:
  lww_map apply(lww_map delta) {
    map.merge(delta);
    return delta;
  }
};

} // namespace cafmesh::test
