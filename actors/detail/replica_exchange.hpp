#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/duration.hpp>
#include <caf/expected.hpp>

#include <cafmesh/detail/answer_limits.hpp>
#include <cafmesh/detail/asker.hpp>
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/exchange_turns.hpp>
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

/// The maximum number of parts of the value that may wait for one peer.
constexpr std::size_t most_parts = 256;

/// The usual size of a part of the value, in bytes. The limits are checked with
/// this size, because the real size is known only after the part is encoded.
constexpr std::size_t usual_part = 64 * 1024;

/// Converts the size of a message to shares, the unit of `answer_limits`. The
/// whole value has `answer_limits::shares` of them. A value smaller than 1 MiB
/// counts as 1 MiB.
inline std::uint32_t shares_of(std::size_t size, std::size_t whole) {
  const auto shares = answer_limits::shares * std::max<std::size_t>(size, 1024)
                      / std::max<std::size_t>(whole, 1024 * 1024);
  return static_cast<std::uint32_t>(std::max<std::size_t>(shares, 1));
}

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
  /// @returns an error if the outline is malformed; otherwise whether a
  ///          newcomer can stop asking, because that replica may have items
  ///          that are missing here, or has the same items as we do, at least
  ///          one
  caf::expected<bool> compare(byte_view outline, peer_name neighbour) {
    auto found = (*value_).compare(outline, mine_);
    if (!found)
      return std::move(found.error());
    if (found->from == mine_ || !is_started())
      return false;
    const bool is_equal = found->reply.empty() && found->missing.empty();
    const bool is_answer =
      is_equal ? (*value_).bytes_of_content() > 0 : !found->reply.empty();
    const asker from{neighbour, found->from};
    if (found->asks && !turns_.may_ask(from, now()))
      found->reply = {};
    ask_next();
    serve(from, std::move(found->reply), std::move(found->missing));
    return is_answer;
  }

  /// If the peer that was asked for items has had its turn, asks the next peer
  /// that waits. To be called from time to time.
  void ask_next() {
    if (!is_started())
      return;
    if (auto who = turns_.next(now())) {
      unicasts one;
      one.messages.push_back({*who, (*value_).outline(mine_)});
      self_->send(channel_, std::move(one));
    }
  }

  /// Sends a peer the whole value, unless another answer to this peer is still
  /// being sent or a limit is reached.
  void send_everything(const asker& who) {
    if (!is_started() || answers_.count(who) > 0 || !has_room_for(who, answers_)
        || !limits_.take(who.neighbour, who.who, now()))
      return;
    auto& x = answers_[who];
    x.parts.emplace_back();
    x.is_paid = true;
    send_next(who);
  }

  void heard_from(peer_name who) {
    turns_.heard_from(who, now());
  }

private:
  struct answer {
    payload outline;
    std::deque<key_range> parts;
    bool is_sending = false;
    // Whether the limits have counted the whole value already. In that case,
    // `used` counts the shares that were really sent.
    bool is_paid = false;
    std::uint32_t used = 0;
  };

  instant now() const {
    return self_->clock().now();
  }

  void serve(const asker& who, payload outline, std::vector<key_range> parts) {
    if (outline.empty() && parts.empty())
      return;
    auto i = answers_.find(who);
    if (i == answers_.end()) {
      if (!has_room_for(who, answers_))
        return;
      i = answers_.emplace(who, answer{}).first;
    }
    auto& x = i->second;
    settle(who, x);
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

  std::uint32_t shares_of(std::size_t size) const {
    return replication::shares_of(size, (*value_).bytes_of_content());
  }

  // Takes the next message if the limits allow it. Checks the limits before the
  // message is encoded, because encoding costs much more than the check.
  payload take_within_limits(const asker& who, answer& x) {
    if (x.parts.empty() && x.outline.empty())
      return {};
    const auto expected =
      shares_of(x.parts.empty() ? x.outline.size() : usual_part);
    if (!x.is_paid && !limits_.take(who.neighbour, who.who, now(), expected))
      return {};
    auto result = take_next(x);
    const auto used = result.empty() ? 0 : shares_of(result.size());
    if (x.is_paid)
      x.used += used;
    else
      limits_.correct(who.neighbour, who.who, now(), expected, used);
    return result;
  }

  // If an answer was counted as the whole value, corrects the count to what was
  // really sent.
  void settle(const asker& who, answer& x) {
    if (std::exchange(x.is_paid, false))
      limits_.correct_in_all(who.neighbour, who.who, now(),
                             answer_limits::shares, x.used);
  }

  void end(const asker& who) {
    auto i = answers_.find(who);
    if (i == answers_.end())
      return;
    settle(who, i->second);
    answers_.erase(i);
  }

  void send_next(const asker& who) {
    auto i = answers_.find(who);
    if (i == answers_.end())
      return;
    auto& x = i->second;
    auto next = take_within_limits(who, x);
    if (next.empty())
      return end(who);
    x.is_sending = true;
    unicasts one;
    one.messages.push_back({who.who, std::move(next)});
    self_->request(channel_, caf::infinite, std::move(one))
      .then([this, who] { send_next(who); },
            [this, who](const caf::error&) { end(who); });
  }

  Self* self_;
  const copy_on_write<V>& value_;
  gossip_channel_actor channel_;
  peer_name mine_; // unknown until started
  std::map<asker, answer> answers_;
  neighbours_answer_limits limits_;
  exchange_turns turns_;
};

} // namespace cafmesh::replication
