#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "actors/core/crdt/outline.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/membership.hpp>

namespace cafmesh::test {

/// Makes the content of a hostile peer's messages: records and values that no
/// honest peer would send, and bytes that do not decode.
class lies {
public:
  /// @param honest the letters of the honest peers
  /// @param self the letter of the liar
  lies(std::uint64_t seed, std::string honest, char self);

  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }
  bool chance(std::size_t one_in) {
    return below(one_in) == 0;
  }
  peer_uid any_uid() {
    return peer_uid{chance(4) ? UINT64_MAX - below(2) : 1 + below(UINT64_MAX)};
  }
  /// A version that honest peers accept, although none of them reaches it by
  /// itself. It leaves room for honest peers, which continue from it. The limit
  /// hardly grows while a schedule runs in virtual time.
  static std::uint64_t high_version();

  // -- names

  char honest_letter() {
    return honest_[below(honest_.size())];
  }
  /// The name of an honest peer, the liar or a made-up peer.
  peer_name anybody();
  /// The name of one of a few made-up peers.
  peer_name phantom();
  std::size_t invented() const noexcept {
    return invented_.size();
  }

  // -- topology

  /// A forged record of a known peer. It differs in version, UID, short ID or
  /// nickname, or only in its connections.
  peer_record record(const mesh_description& known);
  /// A record of a made-up peer that is connected to the liar.
  peer_record new_phantom(std::size_t nickname_size);
  /// The liar's own record, with connections to these neighbours.
  peer_record own_record(const std::set<peer_name>& neighbours);
  /// A record of `who` that is more recent than the one in `known` and has
  /// connections to these neighbours.
  peer_record successor(const mesh_description& known, peer_name who,
                        const std::set<peer_name>& neighbours);

  // -- channels

  bytes junk(std::size_t most);
  /// A change to the replicated value on this channel, which is `count`, `map`
  /// or `set`. Its count or clock may be higher than honest peers can reach.
  bytes change_of(const std::string& channel, peer_uid life);
  /// A message that asks for the whole value of the channel.
  bytes question_to(const std::string& channel);

  // -- outlines

  /// An outline in the name of `from` that asks for all items.
  static bytes wish(peer_name from);
  /// An outline of items that do not exist, in anybody's name. Sometimes it
  /// does not decode.
  /// @param channel `topology` or `map`
  bytes wrong_outline(const std::string& channel);
  /// A digest message for the channel `topology` that contains a wrong outline.
  /// Its first byte may mark a format that does not exist yet.
  bytes wrong_digest();

private:
  void spoil(peer_summary& peer);
  connection_summary link_to(peer_name who);
  std::uint64_t far_number(std::uint64_t per_second);
  bytes map_change();
  bytes set_change(peer_uid life);
  bytes counter_change();
  outline::part wrong_part(std::optional<std::string> end);
  std::string key_on(const std::string& channel);

  std::mt19937_64 rng_;
  std::string honest_;
  char self_;
  std::set<peer_name> invented_;
  std::uint64_t last_new_ = 5000;
  std::uint64_t own_version_ = 1;
};

} // namespace cafmesh::test
