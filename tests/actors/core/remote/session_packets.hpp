#pragma once

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

namespace cafmesh::test {

/// Two ends of a session. The test reads and makes their packets.
struct session_packets : session_pair {
  using packet = remote::packet;
  using packet_kind = remote::packet_kind;

  std::vector<packet> sent_by(session_end& x) {
    std::vector<packet> result;
    for (const auto& raw : x.talk.take_packets(now)) {
      auto read = remote::read_packet(payload{raw});
      BOOST_REQUIRE(read);
      result.push_back(*read);
    }
    return result;
  }
  packet only_packet_of(session_end& x) {
    auto result = sent_by(x);
    BOOST_REQUIRE(result.size() == 1u);
    return result[0];
  }
  bool is_silent(session_end& x) {
    return x.talk.take_packets(now).empty();
  }
  void give_b(packet_kind kind, std::uint64_t from_token,
              std::uint64_t to_token, std::uint64_t epoch,
              remote::traffic_head state = {}) {
    bytes raw;
    remote::append_head(
      raw, {kind, peer_uid{1}, peer_uid{2}, from_token, to_token, epoch});
    if (kind == packet_kind::traffic)
      remote::append_traffic(raw, state);
    b.receive(raw, now);
  }
  // Opens the session at both ends. Afterwards no packet is on its way.
  void open() {
    say(a, "0");
    run_for(seconds{1});
    BOOST_REQUIRE(a.talk.is_open());
    BOOST_REQUIRE(b.talk.is_open());
    BOOST_REQUIRE(!a.talk.due());
    BOOST_REQUIRE(!b.talk.due());
  }
};

} // namespace cafmesh::test
