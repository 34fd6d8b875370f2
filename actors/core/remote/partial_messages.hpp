#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/remote/incoming_half.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh::remote {

struct assembly_limits {
  std::size_t message = 8 * 1024 * 1024; ///< the maximum size of one message
  std::size_t all = 256 * 1024 * 1024;   ///< of all incomplete ones
  /// How long to wait for the next fragment of a message.
  duration patience = std::chrono::seconds{10};
};

enum class assembly {
  complete,
  too_large,
  congested, ///< a limit on incomplete messages was reached
  late,      ///< the next fragment did not arrive in time
  broken,    ///< a fragment was lost, or the sender abandoned the message
};

struct assembled {
  peer_uid from{};
  assembly outcome = assembly::complete;
  /// The message if it is complete, otherwise its beginning. May be empty for
  /// `broken`, because the sender knows of the loss.
  bytes body;
  std::uint64_t cost = 0;  ///< of the fragments that arrived
  std::uint64_t total = 0; ///< the announced size
};

/// Puts the fragments of large messages together. From its first fragment on, a
/// message counts with its whole announced size. If the incomplete messages
/// exceed the limit, the peer with the most bytes loses its oldest message. If
/// that peer has sent the new message, it loses the new one instead.
class partial_messages {
public:
  explicit partial_messages(assembly_limits limits = {}) : limits_(limits) {
  }

  /// Adds a fragment. Appends to `out` the messages that the fragment
  /// completes, and those that are given up because of the fragment.
  /// @param max_begun the maximum size in bytes of all incomplete messages of
  ///        the peer
  void add(peer_uid from, const payload& body, const fragment_place& place,
           std::uint64_t max_begun, instant now, std::vector<assembled>& out);
  void forget(peer_uid from);
  void expire(instant now, std::vector<assembled>& out);
  /// When to call `expire`.
  std::optional<instant> due() const;

  /// The announced size of all incomplete messages, in bytes.
  std::uint64_t size() const noexcept {
    return size_;
  }

private:
  struct partial {
    std::uint64_t total = 0;
    bytes body;
    std::uint64_t cost = 0;
    instant latest;
  };
  using partials = std::map<std::uint64_t, partial>; // by message
  struct share {
    partials messages;
    std::uint64_t size = 0;
  };
  using shares = std::map<peer_uid, share>;

  void begin(peer_uid from, const payload& body, const fragment_place& place,
             std::uint64_t max_begun, instant now, std::vector<assembled>& out);
  std::uint64_t size_of(peer_uid from) const;
  bool make_room(peer_uid from, std::uint64_t total,
                 std::vector<assembled>& out);
  void end(shares::iterator of, partials::iterator which, assembly outcome,
           std::vector<assembled>& out);
  static partials::iterator oldest(share& x);

  assembly_limits limits_;
  shares shares_;
  std::uint64_t size_ = 0;
};

} // namespace cafmesh::remote
