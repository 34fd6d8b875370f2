#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/duration.hpp>

#include <cafmesh/detail/answer_limits.hpp>
#include <cafmesh/detail/asker.hpp>
#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/replica_exchange.hpp>
#include <cafmesh/detail/replicated_data.hpp>
#include <cafmesh/detail/value_traits.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// The questions of a replica that joins a channel, and the answers to such
/// questions.
namespace cafmesh::replication {

/// The actor of a value sends this to itself with a delay. If no peer has
/// answered when the message arrives, the actor asks the next peer.
struct ask_next_peer {};

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::ask_next_peer)

namespace cafmesh::replication {

/// The peers to ask for the whole value: up to eight, neighbours first.
/// Neighbours and others are each in random order, so that peers that join at
/// the same time do not all ask the same peers.
std::vector<peer_name> peers_to_ask(const mesh_description& x);

/// A replica that joins asks the next peer if it gets no answer within this
/// time.
constexpr auto time_to_answer = std::chrono::seconds{1};

template <class V>
gossip_data_ptr data_of(std::shared_ptr<const V> x) {
  return std::make_shared<replicated_data<V>>(std::move(x));
}

/// Asks peers for the whole value when the replica joins, and answers peers
/// that ask for it. Owned by the actor of the value, whose type is `Self`.
template <class V, class Self>
class replica_questions {
public:
  /// @param value must outlive this object
  /// @param exchange must outlive this object
  replica_questions(Self* self, copy_on_write<V>& value,
                    replica_exchange<V, Self>& exchange)
      : self_(self), value_(value), exchange_(exchange) {
  }

  /// The data of a unicast that asks for the whole value.
  payload question() const {
    if constexpr (has_question<V>)
      return (*value_).question();
    else
      return {};
  }

  /// Asks some of the peers for the whole value. If V has outlines, asks only
  /// one peer at a time, because each may send the whole value.
  void ask(gossip_channel_actor channel, const mesh_description& mesh) {
    channel_ = std::move(channel);
    if constexpr (has_outline<V>) {
      to_ask_ = peers_to_ask(mesh);
      ask_next();
      return;
    }
    unicasts questions;
    const auto for_all = question();
    for (auto who : peers_to_ask(mesh))
      questions.messages.push_back({who, for_all});
    if (!questions.messages.empty())
      self_->send(channel_, std::move(questions));
  }

  /// Asks the next peer. To be called when `ask_next_peer` arrives.
  void ask_next() {
    if constexpr (has_outline<V>) {
      if (to_ask_.empty())
        return;
      unicasts next;
      next.messages.push_back(
        {to_ask_.front(), (*value_).outline(exchange_.mine())});
      to_ask_.erase(to_ask_.begin());
      self_->send(channel_, std::move(next));
      self_->delayed_send(self_, time_to_answer, ask_next_peer{});
    }
  }

  /// Asks no other peer. To be called when a peer has answered.
  void answered() {
    to_ask_.clear();
  }

  /// Sends a peer the whole value. The number of answers is limited, and a peer
  /// gets only one at a time. So questions can neither fill our memory nor make
  /// us flood another peer.
  void answer(const gossip_channel_actor& channel, const asker& who) {
    if (!channel)
      return;
    if constexpr (has_outline<V>) {
      exchange_.send_everything(who);
      return;
    }
    if (receiving_.count(who) > 0 || !has_room_for(who, receiving_)
        || !limits_.take(who.neighbour, who.who, self_->clock().now()))
      return;
    receiving_.insert(who);
    unicasts answer;
    std::size_t size = 0;
    for (auto& part : data_of<V>(value_.lend())->encode()) {
      size += part.size();
      answer.messages.push_back({who.who, std::move(part)});
    }
    limits_.correct_in_all(who.neighbour, who.who, self_->clock().now(),
                           answer_limits::shares, shares_of(size, size));
    self_->request(channel, caf::infinite, std::move(answer))
      .then([this, who] { receiving_.erase(who); },
            [this, who](const caf::error&) { receiving_.erase(who); });
  }

private:
  Self* self_;
  copy_on_write<V>& value_;
  replica_exchange<V, Self>& exchange_;
  gossip_channel_actor channel_; // null until the first question
  std::vector<peer_name> to_ask_;
  std::set<asker> receiving_; // peers that are being sent the whole value
  neighbours_answer_limits limits_;
};

} // namespace cafmesh::replication
