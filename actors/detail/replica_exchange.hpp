#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/duration.hpp>

#include <cafmesh/detail/answer_limits.hpp>
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// Brings the replicas of a value to the same state. Replicas send each other
/// outlines, which summarise their items, and then the items that the other
/// replica lacks.
namespace cafmesh::replication {

/// Whether V has outlines; see `outline` in replicated.hpp.
template <class V, class = void>
inline constexpr bool has_outline = false;

template <class V>
inline constexpr bool has_outline<
  V, std::void_t<decltype(std::declval<const V&>().outline(peer_name{}))>> =
  true;

/// Of all peers whose questions come through one neighbour, at most this number
/// are sent parts of the value at the same time.
constexpr std::size_t most_answers = 16;

/// The maximum number of parts of the value that may wait for one peer.
constexpr std::size_t most_parts = 256;

/// A replica asks one peer at a time for missing items. The replica turns to
/// another peer if the current one has sent nothing for `silence_of_source`, or
/// after `turn_of_source` in any case.
constexpr auto silence_of_source = std::chrono::seconds{3};
constexpr auto turn_of_source = std::chrono::seconds{30};

/// A peer that asks for items, and the neighbour that forwarded its question. A
/// neighbour can forge the name of the peer, so each neighbour has its own
/// limits.
struct asker {
  peer_name neighbour;
  peer_name who;

  friend bool operator<(const asker& x, const asker& y) noexcept {
    return x.neighbour != y.neighbour ? x.neighbour < y.neighbour
                                      : x.who < y.who;
  }
};

/// Sends other replicas outlines and the parts of the value that they lack, as
/// fast as the channel takes them. Owned by the actor of the value, whose type
/// is `Self`.
template <class V, class Self>
class replica_exchange {
public:
  /// @param value must outlive this object
  replica_exchange(Self* self, const copy_on_write<V>& value)
      : self_(self), value_(value) {
  }

  /// Call this when the actor has joined its channel. Before that, this object
  /// sends nothing.
  /// @param mine the name of this peer
  void start(gossip_channel_actor channel, peer_name mine) {
    channel_ = std::move(channel);
    mine_ = mine;
  }
  bool is_started() const {
    return !mine_.is_unknown();
  }
  peer_name mine() const {
    return mine_;
  }

  /// Compares another replica's outline with the value. Sends that replica the
  /// items that it lacks, and asks it for items that are missing here.
  /// @param neighbour the neighbour that forwarded the outline
  /// @returns an error if the outline is malformed
  caf::error compare(byte_view outline, peer_name neighbour) {
    auto found = (*value_).compare(outline, mine_);
    if (!found)
      return std::move(found.error());
    if (found->from == mine_ || !is_started())
      return {};
    if (found->asks && !may_ask(found->from))
      found->reply = {};
    serve({neighbour, found->from}, std::move(found->reply),
          std::move(found->missing));
    return {};
  }

  /// Sends a peer the whole value, unless another answer to this peer is still
  /// being sent or a limit is reached.
  void send_everything(const asker& who) {
    if (!is_started() || answers_.count(who) > 0 || !has_room_for(who)
        || !limits_.take(who.neighbour, who.who, now()))
      return;
    auto& x = answers_[who];
    x.parts.emplace_back();
    x.is_paid = true;
    send_next(who);
  }

  /// Notes that a peer has sent items.
  void heard_from(peer_name who) {
    if (who == source_)
      last_heard_ = now();
  }

private:
  struct answer {
    payload outline;
    std::deque<key_range> parts;
    bool is_sending = false;
    bool is_paid = false; // whether the limits have counted it already
  };

  instant now() const {
    return self_->clock().now();
  }

  bool has_room_for(const asker& who) const {
    const auto open =
      std::count_if(answers_.begin(), answers_.end(), [&](const auto& x) {
        return x.first.neighbour == who.neighbour;
      });
    return static_cast<std::size_t>(open) < most_answers;
  }

  // Only one peer is asked at a time, because several peers would all send the
  // same items.
  bool may_ask(peer_name who) {
    const bool is_free = source_.is_unknown()
                         || now() - last_heard_ > silence_of_source
                         || now() - turn_began_ > turn_of_source;
    if (who != source_ && !is_free)
      return false;
    if (who != source_ || is_free)
      turn_began_ = now();
    source_ = who;
    last_heard_ = now();
    return true;
  }

  void serve(const asker& who, payload outline, std::vector<key_range> parts) {
    if (outline.empty() && parts.empty())
      return;
    auto i = answers_.find(who);
    if (i == answers_.end()) {
      if (!has_room_for(who))
        return;
      i = answers_.emplace(who, answer{}).first;
    }
    auto& x = i->second;
    x.is_paid = false;
    if (!outline.empty())
      x.outline = std::move(outline);
    for (auto& part : parts)
      if (x.parts.size() < most_parts)
        x.parts.push_back(std::move(part));
    if (!x.is_sending)
      send_next(who);
  }

  // Takes the parts before the outline, because the peer may no longer need the
  // outline once it has the parts.
  payload take_next(answer& x) const {
    for (; !x.parts.empty(); x.parts.pop_front())
      if (auto part = (*value_).take_part(x.parts.front()); !part.empty())
        return part;
    return std::exchange(x.outline, {});
  }

  // Converts a message's size to shares, the unit of `answer_limits`. The
  // whole value takes `answer_limits::shares`. Values below 1 MiB count as 1
  // MiB.
  std::uint32_t shares_of(const payload& x) const {
    const auto whole =
      std::max<std::size_t>((*value_).bytes_of_content(), 1024 * 1024);
    const auto size = std::max<std::size_t>(x.size(), 1024);
    const auto shares = answer_limits::shares * size / whole;
    return static_cast<std::uint32_t>(std::max<std::size_t>(shares, 1));
  }

  void send_next(const asker& who) {
    auto i = answers_.find(who);
    if (i == answers_.end())
      return;
    auto& x = i->second;
    auto next = take_next(x);
    if (next.empty()
        || !(x.is_paid
             || limits_.take(who.neighbour, who.who, now(), shares_of(next)))) {
      answers_.erase(i);
      return;
    }
    x.is_sending = true;
    unicasts one;
    one.messages.push_back({who.who, std::move(next)});
    self_->request(channel_, caf::infinite, std::move(one))
      .then([this, who] { send_next(who); },
            [this, who](const caf::error&) { answers_.erase(who); });
  }

  Self* self_;
  const copy_on_write<V>& value_;
  gossip_channel_actor channel_;
  peer_name mine_; // unknown until started
  std::map<asker, answer> answers_;
  neighbours_answer_limits limits_;
  peer_name source_; // the peer that we last asked for items
  instant turn_began_{};
  instant last_heard_{};
};

} // namespace cafmesh::replication
