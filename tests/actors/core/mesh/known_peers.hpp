#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/peers.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

namespace cafmesh::test {

/// Peers as a mesh model knows them. We are number 5, in slot 0. In diagrams,
/// both ends report a connection `1 - 2`, but only peer 1 reports `1 > 2`.
struct known_peers {
  slot at(unsigned peer) {
    return known.obtain(name_of(peer), created);
  }

  void put(unsigned peer, const std::vector<unsigned>& remotes) {
    put(says(peer, remotes));
  }

  static peers::received_record received(const peer_record& x) {
    bytes data;
    append_peer_record(data, x);
    return {x.peer, views_of(x.connections),
            encoded_record{x.peer.name, edition_of(x.peer), data}};
  }

  /// Stores a record, and adds the peers at the other ends of its connections.
  /// Such a peer has no record of its own until `put` stores one.
  void put(const peer_record& x) {
    auto who = known.obtain(x.peer.name, created);
    for (auto& link : x.connections)
      known.obtain(link.remote, created);
    if (who == peers::self) {
      known.replace(who, x.peer);
      known.replace_own(x.connections);
      return;
    }
    BOOST_TEST_REQUIRE(known.replace(who, received(x)));
  }

  peers known{says(us, {}).peer};
  std::vector<slot> created;
};

} // namespace cafmesh::test
