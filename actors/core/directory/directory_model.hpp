#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/directory/documents.hpp"
#include "actors/core/directory/pulls.hpp"
#include <cafmesh/detail/answer_limits.hpp>
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/reachable.hpp>

/// The rules of the directory of names: what a peer keeps, sends, asks for and
/// passes on.
namespace cafmesh::names {

struct outgoing {
  peer_name to;
  payload data;
};

/// What the caller has to send and pass on after calls of `directory_model`.
struct directory_effects {
  std::vector<outgoing> unicasts;
  std::vector<payload> broadcasts;
  std::vector<shown_change> changes;
  home_changes homes;
  /// Whether to send neighbours an outline soon. An outline is a short
  /// description of the headers that we know.
  bool describe = false;
};

/// Counts of what was refused or corrected, for the status.
struct directory_counters {
  std::uint64_t malformed = 0;       ///< messages that do not decode
  std::uint64_t beyond_limits = 0;   ///< documents that exceed a bound
  std::uint64_t forged_versions = 0; ///< forged versions of our document
  std::uint64_t broken = 0;          ///< contents that differ from their header
  std::uint64_t unanswered = 0;      ///< questions refused by answer limits
};

/// Everything that a peer knows about the names in the mesh. Has no clock or
/// sockets of its own. See messages/wire/NAMES.md.
class directory_model {
public:
  /// @param node CAF's node ID of our actor system, or empty for none
  directory_model(life self, std::string node);

  // -- our own names

  /// Publishes a name.
  /// @returns errc::bad_setting if the name is empty, too_large if a limit is
  ///          exceeded
  caf::error publish(const std::string& name, entry x);
  /// Stops publishing a name. Does nothing if the name is not published.
  void unpublish(const std::string& name);
  const entry* published(const std::string& name) const;
  bool has_edits() {
    return docs_.own().has_edits();
  }
  /// Makes and announces a higher version of our document if our names have
  /// changed or another peer has forged a version.
  void flush(instant now);

  // -- topology

  void life_appeared(const life& x, instant now);
  void peer_left(peer_name who, instant now);

  // -- messages

  void set_date(wall_time now) {
    date_ = now;
  }
  /// Receives a unicast. An answer goes to `source`, which sent the message.
  /// The message counts against the quotas of `neighbour`, which passed it on
  /// to us.
  /// @returns errc::malformed or too_large
  caf::error receive_unicast(byte_view message, peer_name source,
                             peer_name neighbour, instant now);
  /// Receives gossip or a broadcast.
  /// @param neighbour the peer that passed the message on to us
  /// @returns whether to pass the message on, or errc::malformed or too_large
  caf::expected<bool> receive_news(byte_view message, peer_name neighbour,
                                   instant now);
  /// Describes all headers that we have. With this outline, other peers find
  /// which headers they lack and which we lack.
  payload outline() const;

  // -- time

  void tick(instant now);
  std::optional<instant> wake_at() const;

  directory_effects take_effects();
  const documents& all() const noexcept {
    return docs_;
  }
  const directory_counters& counters() const noexcept {
    return counters_;
  }

private:
  // If another peer forges a version of our document, we announce a higher
  // version after this time. So a flood of forged versions costs at most one
  // message per second. After this time, `max_versions_per_second` also allows
  // a version above the forged one.
  static constexpr auto outlive_after = std::chrono::seconds{1};

  bool is_acceptable(const header& x);
  void own_header_arrived(const header& x, instant now);

  // Where a message comes from. We send answers and questions to `source`;
  // `neighbour` has passed the message on to us.
  struct origin {
    peer_name source;
    peer_name neighbour;
  };
  void header_arrived(const header& x, const origin& from, instant now);
  caf::error take_headers(byte_view message, const origin& from, instant now);
  caf::error answer_pull(byte_view message, const origin& from, instant now);
  caf::error compare(byte_view message, const origin& from, instant now);
  void send_headers(const key_range& range, const origin& to, instant now);
  caf::expected<bool> take_part(byte_view message, const origin& from,
                                instant now);
  bool apply(const part& x, const origin& from, instant now);
  bool continue_pull(const part& x, instant now);
  void page_arrived(const life& of, instant now);
  void ask_for(const std::vector<std::pair<life, peer_name>>& xs);
  void want_content(const header& x, const origin& from, instant now);
  void start_pulls(instant now);
  bool may_answer(const origin& to, std::size_t size, instant now);

  documents docs_;
  pulls pulls_;
  // Limits answers for each neighbour, because the source of a question can be
  // forged.
  neighbours_answer_limits limits_;
  wall_time date_{};
  // Headers of lives that the topology does not know yet, with the origin of
  // each header.
  std::map<life, std::pair<header, origin>> headers_of_unknown_lives_;
  // The highest version of our document that another peer has forged.
  std::uint64_t to_outlive_ = 0;
  std::optional<instant> announce_at_;
  directory_effects effects_;
  directory_counters counters_;
};

} // namespace cafmesh::names
