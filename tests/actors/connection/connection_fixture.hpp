#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "messages/wire/frame.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

namespace cafmesh::test {

using passwords = std::vector<std::string>;

/// Two nodes, `a` and `b`. They connect to each other or to a `stranger`, which
/// is a scripted peer.
struct connections : mesh {
  node& add_with(char letter, const passwords& secrets,
                 std::optional<std::uint8_t> min_version = std::nullopt) {
    auto setup = settings_for(letter);
    setup.passwords.assign(secrets.begin(), secrets.end());
    setup.min_protocol_version = min_version;
    return add(letter, setup);
  }

  void dial(const passwords& ours, const passwords& theirs) {
    add_with('a', ours);
    add_with('b', theirs);
    at('a').connect_to(at('b'));
    settle();
  }

  bool connected() {
    BOOST_TEST(at('a').degree() == at('b').degree());
    return at('a').degree() == 1;
  }

  void check_both_closed() {
    BOOST_TEST(!connected());
    BOOST_TEST(net().open_sockets() == 0u);
    BOOST_TEST(at('a').log().has("closed: "));
    BOOST_TEST(at('b').log().has("closed: "));
  }

  void drip(stranger& s, const bytes& xs, milliseconds pause) {
    for (auto x : xs) {
      s.write_raw(bytes{x});
      run_for(pause);
    }
  }

  /// Makes an unencrypted frame of protocol version 2. The length in its header
  /// is `announced`, which may differ from the size of `content`.
  static bytes plain_frame(std::size_t announced, byte_view content) {
    bytes result;
    wire::append_frame_header(wire::framing::length_prefix, announced, result);
    result.insert(result.end(), content.begin(), content.end());
    return result;
  }
};

} // namespace cafmesh::test
