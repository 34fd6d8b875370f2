#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Decides which neighbour a node asks for records, and how many bytes of
/// records it sends to each neighbour that asks (PROTOCOL.md, "Digests"). Keeps
/// no data about a neighbour that was removed.
class digest_exchange {
public:
  /// A neighbour's turn to be asked ends once it has sent nothing for
  /// `silence`, and after `turn` in any case.
  static constexpr duration silence = std::chrono::seconds{1};
  static constexpr duration turn = std::chrono::seconds{10};

  /// In each gossip interval, a neighbour may get answers as large as all
  /// records together. This is about as much as periodic gossip would send.
  /// Unused bytes accumulate, up to twice the size of all records.
  explicit digest_exchange(duration gossip_interval)
      : interval_(gossip_interval) {
  }

  void add(peer_name neighbour, instant now);
  void remove(peer_name neighbour);

  /// Whether to ask this neighbour. If not, `take_waiting` returns the
  /// neighbour later. Only one neighbour is asked at a time, because several
  /// would send the same records.
  bool may_ask(peer_name neighbour, instant now);

  void heard_from(peer_name neighbour, instant now);
  /// To be called when the neighbour has sent all that it was asked for.
  void ended(peer_name neighbour);

  /// Removes and returns neighbours that wait: those that `may_ask` has
  /// refused, once a neighbour may be asked, and those that `may_answer` has
  /// refused some time ago. The caller sends each of them a new digest.
  std::vector<peer_name> take_waiting(instant now);
  /// The latest time at which to call `take_waiting`; nullopt if no neighbour
  /// waits.
  std::optional<instant> wake_at() const;

  /// Whether to send an answer of `size` bytes. If so, deducts the bytes from
  /// the neighbour's allowance. If not, `take_waiting` returns the neighbour
  /// after a quarter of the interval.
  /// @param whole the size of all records in bytes
  bool may_answer(peer_name neighbour, std::size_t size, std::size_t whole,
                  instant now);

private:
  struct neighbour_state {
    token_bucket answers;
    bool waits = false;
    std::optional<instant> refused_until = std::nullopt;
  };

  bool is_free(instant now) const;
  std::vector<peer_name> take_refused(instant now);

  duration interval_;
  std::map<peer_name, neighbour_state> neighbours_;
  std::size_t waiting_count_ = 0;
  // Neighbours whose digests were not answered.
  std::set<std::pair<instant, peer_name>> refused_;
  std::optional<peer_name> asked_;
  // The neighbour that had the last turn. It gets no other turn before
  // `barred_until_`, so that neighbours that wait come first.
  peer_name last_asked_;
  instant barred_until_{};
  instant turn_began_{};
  instant last_heard_{};
};

} // namespace cafmesh
