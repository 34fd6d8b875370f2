#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// Nodes that have joined the channel `chan`.
struct channels : mesh {
  record& heard(char letter) {
    return at(letter).recorded("chan");
  }
  reply_ptr<void> send(char from, char to, std::string_view data) {
    return at(from).unicast("chan", at(to), data);
  }
  void send_unasked(char from, char to, std::string_view data) {
    caf::anon_send(at(from).channel("chan"),
                   unicast{at(to).name(), text_payload(data)});
    run();
  }
  std::uint64_t dropped(char letter) {
    auto status =
      ask<channel_status>(at(letter).channel("chan"), get_channel_status{});
    return status.value ? status.value->unicasts_dropped : 0;
  }
  void check_broadcasts() {
    for (auto& x : nodes())
      x->broadcast("chan", "from_" + x->config().nickname);
    settle();
    for (auto& x : nodes())
      for (auto& y : nodes())
        BOOST_TEST(y->recorded("chan").broadcasts_of(
                     "from_" + x->config().nickname + " ")
                     == (x == y ? 0u : 1u),
                   y->config().nickname << " from " << x->config().nickname);
  }
};

} // namespace cafmesh::test
