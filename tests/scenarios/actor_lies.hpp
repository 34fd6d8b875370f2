#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/context/remote_parts.hpp"
#include "actors/core/directory/document_header.hpp"
#include "actors/core/remote/packets.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh::test {

/// Makes messages that no honest peer would send, for the layer of remote
/// actors. They are documents, headers and outlines of names, and packets with
/// frames that nobody has asked for.
class actor_lies {
public:
  /// @param victims the actors of honest peers that the frames are about
  actor_lies(std::uint64_t seed, std::vector<actor_home> homes,
             std::vector<std::uint64_t> victims, actor_home self);

  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }
  bool chance(std::size_t one_in) {
    return below(one_in) == 0;
  }
  const actor_home& any_home() {
    return homes_[below(homes_.size())];
  }

  peer_record other_life();

  // -- the channel of names

  bytes names_message();
  /// A document that says, truthfully, that the liar is an actor system and
  /// publishes nothing.
  bytes own_document() const;

  // -- the channel of actors

  /// A packet to a peer.
  /// @param token the token that the peer has told the liar, or 0
  /// @param system encodes the contents of the packet
  bytes packet_to(const actor_home& to, std::uint64_t token,
                  caf::actor_system& system);
  /// The liar's half of a session, which welcomes `to`.
  bytes welcome(const actor_home& to, std::uint64_t token) const;
  bytes hello(const actor_home& to) const;

private:
  names::header any_header();
  bytes any_part();
  bytes any_body(caf::actor_system& system);
  void append_frames(bytes& out, caf::actor_system& system);
  std::uint64_t any_number();
  std::uint64_t any_actor();
  bytes junk(std::size_t most);

  std::mt19937_64 rng_;
  std::vector<actor_home> homes_;
  std::vector<std::uint64_t> victims_;
  actor_home self_;
  // Counts of what a session has sent so far. They grow as those of an honest
  // peer do.
  std::uint64_t packets_ = 0;
  std::uint64_t controls_ = 0;
  std::uint64_t large_ = 0;
};

} // namespace cafmesh::test
