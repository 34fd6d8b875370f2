#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

namespace cafmesh::test {

/// A fixture with strangers that dial a node in the name of a neighbour.
struct contests : mesh {
  static inline const std::string elsewhere = "10.0.1.1";
  static inline const std::string warning = "two peers are named";

  /// Connection IDs of a stranger, so that the tie-break favours some of its
  /// connections and not others.
  static std::vector<std::uint64_t> halves() {
    std::vector<std::uint64_t> result;
    for (std::uint64_t i = 0; i < 16; ++i)
      result.push_back(i << 60);
    return result;
  }
  static stranger::options again(std::uint64_t half,
                                 const std::string& host = elsewhere) {
    stranger::options result;
    result.host = host;
    result.connection_half = half;
    return result;
  }
  /// Another life of the stranger, which no tie-break refuses.
  static stranger::options another_life(const std::string& host = elsewhere) {
    auto result = again(2, host);
    result.uid = peer_uid{4712};
    return result;
  }
  std::string address_of(char letter, char as_seen_by) {
    for (const auto& x : at(as_seen_by).record_of(at(as_seen_by)).connections)
      if (x.remote
          == peer_name::from_number(static_cast<unsigned char>(letter)))
        return x.remote_address;
    return "none";
  }
  bool is_from(const std::string& host, char letter, char as_seen_by) {
    const auto is_v6 = host.find(':') != std::string::npos;
    const auto shown = is_v6 ? "[" + host + "]" : host;
    return address_of(letter, as_seen_by).rfind(shown + ":", 0) == 0;
  }
  bool is_from_elsewhere(char letter, char as_seen_by) {
    return is_from(elsewhere, letter, as_seen_by);
  }
};

} // namespace cafmesh::test
