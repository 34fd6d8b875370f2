#pragma once

#include <memory>
#include <optional>
#include <string>

#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include "actors/context/remote_parts.hpp"
#include "actors/remote/carrier.hpp"
#include "actors/remote/postman_parts.hpp"
#include "actors/remote/receiver_credit.hpp"
#include "actors/storage/working_thread.hpp"

namespace cafmesh {

/// A message from a peer that is not decoded yet.
struct unread_message {
  caf::strong_actor_ptr receiver;
  caf::strong_actor_ptr sender; // may be null
  caf::message_id id;
  bool takes_error = true; // whether a request may get an error
  caf::mailbox_element::forwarding_stack stages;
  bytes body;
  byte_view content; // a part of `body`
  outbox_ptr box;    // of the peer
  receiver_credit_ptr credit;
  remote::message_cost cost;
};

/// Decodes large messages, and puts them into the mailboxes of their receivers.
/// Decoding may take seconds, so it happens outside the postman. Messages to
/// one receiver stay in order. Only the postman may call the members. Only
/// `finish` waits for the decoding.
class message_reader {
public:
  message_reader(caf::actor_system& system, carrier_ptr shared,
                 blocking_work where);
  message_reader(const message_reader&) = delete;
  message_reader& operator=(const message_reader&) = delete;
  /// Drops the messages that are not decoded yet.
  ~message_reader();

  /// Queues a message to be decoded and delivered. On failure, answers a
  /// request with an error, gives a response an error as its content, and drops
  /// any other message.
  void read(unread_message x);
  /// Puts a message into the receiver's mailbox after the earlier messages to
  /// this receiver.
  /// @param sender may be null
  /// @param box the outbox of the peer that sent the message
  void deliver(const caf::strong_actor_ptr& receiver,
               const caf::strong_actor_ptr& sender, caf::mailbox_element_ptr x,
               const outbox_ptr& box, caf::execution_unit* on);
  /// Does the same for a message that has its sender.
  void deliver(const caf::strong_actor_ptr& receiver,
               caf::mailbox_element_ptr x, const outbox_ptr& box,
               caf::execution_unit* on);
  /// Ends a proxy after all earlier messages from its actor have reached their
  /// receivers.
  void end(const caf::strong_actor_ptr& proxy, const caf::error& why);
  /// Interrupts a proxy now. Its monitors and links are told after all earlier
  /// messages from its actor have reached their receivers.
  void interrupt(const caf::strong_actor_ptr& proxy, const caf::error& why);
  /// Tells the spawner of a departure after all earlier messages from that peer
  /// have reached the spawner.
  void tell_departed(const spawner_of_postman& spawner, peer_departed x);
  /// Does all queued work before it returns.
  void finish();

private:
  class queue;

  template <class Job>
  void add(Job x);
  /// Makes the thread or the actor that works on the queue.
  /// @returns why it cannot be made; nullopt on success
  std::optional<std::string> prepare();

  caf::actor_system& system_;
  blocking_work where_;
  std::shared_ptr<queue> queue_; // shared with the worker
  working_thread thread_;        // for `on_own_thread`
  bool has_thread_ = false;
  caf::actor reader_; // for `on_scheduler`; null until it has work
};

} // namespace cafmesh
