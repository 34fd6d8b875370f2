#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include "actors/caf_version/message_codec.hpp"
#include "actors/caf_version/weak_owner.hpp"
#include "actors/context/remote_parts.hpp"
#include "actors/remote/dead_letter_box.hpp"
#include "actors/remote/exports.hpp"
#include "actors/remote/outbox.hpp"
#include "actors/remote/postman_parts.hpp"
#include "actors/remote/remote_proxy.hpp"
#include "actors/remote/spare_buffers.hpp"
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// The data that the proxies of remote actors share with the postman, the actor
/// that sends their messages: the list of proxies, the outboxes, and the local
/// actors that peers may address. May be used from any thread.
class carrier final : public actor_carrier,
                      public std::enable_shared_from_this<carrier> {
public:
  carrier(caf::actor_system& system, const actor_settings& config,
          std::uint64_t key);

  // -- actor_carrier

  bool publish(const caf::strong_actor_ptr& local) override;
  void withdraw(caf::actor_id local) override;
  void protect(caf::actor_id local) override;
  void drop(const caf::message& x, const caf::error& why) override;
  caf::strong_actor_ptr handle_of(const caf::node_id& node,
                                  caf::actor_id id) override;
  caf::error encode_message(const caf::message& x, bytes& out) override;
  caf::error decode_message(byte_view from, caf::message& out) override;
  const actor_settings& config() const noexcept override {
    return config_;
  }

  // -- for proxies

  /// Encodes a message and puts it into the outbox for the proxy's peer. On
  /// failure, answers a request with an error, and counts any other message as
  /// dropped. Takes the locks of the actors whose handles the message contains.
  void send(remote_proxy& to, caf::mailbox_element& what);
  /// Puts an item into an outbox, even a full one. May be called while locks of
  /// actors are held.
  void post(const outbox_ptr& box, outgoing_item item);
  /// To be called after something was put into an outbox.
  void tell_postman(const outbox_ptr& box);
  /// Forgets a proxy to which no reference is left, and tells its peer.
  void proxy_freed(remote_proxy& x);

  // -- for the postman

  caf::actor_system& system() noexcept {
    return system_;
  }
  const std::shared_ptr<exports>& exported() const noexcept {
    return exported_;
  }
  void set_postman(const postman_actor& x) {
    postman_->set(x);
  }
  const caf_version::weak_owner<postman_actor>& postman() const noexcept {
    return *postman_;
  }
  /// Refuses a message that consists of an error alone, because it would end
  /// its receiver. Peers may end actors only if `remote_exits` is set. Do not
  /// call this function for responses.
  /// @returns errc::unknown_type if the message is refused
  caf::error refuse_bare_error(const caf::type_erased_tuple& content) const;
  /// Returns the outbox for a node. This object remembers the node until
  /// `unbind`, even if the node has no proxies.
  outbox_ptr bind(const caf::node_id& node);
  void unbind(const caf::node_id& node);
  /// The item that tells a peer that this node has a handle of its actor.
  static outgoing_item lease_of(caf::actor_id id);
  /// The maximum number of requests that are answered with an error at once,
  /// so that no peer makes others wait.
  static constexpr std::size_t most_failed_at_once = 4096;
  /// The outboxes that got something to send since the last call.
  std::vector<outbox_ptr> take_filled();
  /// The proxy of the actor with this ID at this node; null if there is none.
  caf::strong_actor_ptr find(const caf::node_id& node, caf::actor_id id) const;
  std::vector<caf::strong_actor_ptr> proxies_of(const caf::node_id& node) const;
  std::size_t count_proxies() const;
  std::size_t count_proxies(const caf::node_id& node) const;
  /// Finds the actors to which the handles in a received message refer.
  const caf_version::handle_source& handles() const noexcept {
    return handles_;
  }
  /// Call this function when the node stops. Ends all proxies, so that later
  /// messages to them fail.
  void close(const caf::error& why);
  /// How a frame to the node `receiver` names this actor. Lets peers address
  /// it. Takes its lock.
  caf::expected<remote::actor_ref> ref_to(const caf::strong_actor_ptr& x,
                                          const caf::node_id& receiver);
  /// Call this function when nobody can answer the open requests of the proxy's
  /// actor any more. Answers up to `most` of them with an error.
  /// @returns how many were open, up to `most`
  std::size_t fail_owed(remote_proxy& requester, std::size_t most);
  /// Gives up the answers to all open requests of the proxy's actor, which
  /// costs less than `fail_owed`.
  void lose_owed(remote_proxy& requester);
  /// Encodes a content, and lets peers address the local actors in it. On
  /// failure, only makes the registry forget them in time.
  caf::error append_content(const caf::type_erased_tuple& x,
                            std::size_t max_size, bytes& out);
  /// Answers a request with an error.
  /// @returns false if the message is not a request
  static bool answer(const caf::strong_actor_ptr& sender, caf::message_id mid,
                     const caf::error& why);
  /// Refuses an item from an outbox: answers a request with an error, and
  /// counts any other message as dropped.
  void refuse(outbox& box, const outgoing_item& item, const caf::error& why);
  /// Does the same for a message that cannot be put into an outbox.
  void refuse(remote_proxy& to, const caf::mailbox_element& what,
              const caf::error& why);
  dead_letter_box& dropped() noexcept {
    return dropped_;
  }
  spare_buffers& spare() noexcept {
    return spare_;
  }

private:
  using proxies_of_node =
    std::unordered_map<caf::actor_id, caf::weak_actor_ptr>;
  struct node_entry {
    std::weak_ptr<outbox> box;
    bool bound = false;
    proxies_of_node proxies;
  };

  outbox_ptr box_of(node_entry& entry, const caf::node_id& node);
  caf::strong_actor_ptr find_locked(const caf::node_id& node,
                                    caf::actor_id id) const;
  bool has_room_for(const caf::node_id& node, caf::actor_id id) const;
  static caf::error why_ended(const remote_proxy& x);
  caf::error encode(const remote_proxy& to, caf::mailbox_element& what,
                    outgoing_item& out);
  std::uint64_t number_for_wire(const caf::mailbox_element& what,
                                remote::place sender, outgoing_item& out);
  bool export_all(const std::vector<caf::actor_id>& xs, bool are_sent);
  std::uint64_t draw_number();
  void send_answer(remote_proxy& to, caf::mailbox_element& what,
                   outgoing_item item);
  bool push(const outbox_ptr& box, outgoing_item&& item, std::size_t most);
  static void forget_owed(const caf::mailbox_element& delegated);
  void lose_answer(remote_proxy& to, const caf::mailbox_element& what);
  void refuse_filled();

  caf::actor_system& system_;
  actor_settings config_;
  const caf_version::types_owner encoder_ = caf_version::new_types_owner();
  std::uint64_t key_;
  common_limit_ptr all_answers_;
  // Shared with actors that may outlive the carrier.
  std::shared_ptr<caf_version::weak_owner<postman_actor>> postman_ =
    std::make_shared<caf_version::weak_owner<postman_actor>>();
  std::shared_ptr<exports> exported_;
  caf_version::handle_source handles_;
  mutable std::mutex mutex_; // protects the next two members
  std::unordered_map<caf::node_id, node_entry> nodes_;
  caf::error closed_;
  std::atomic<bool> is_closed_{false}; // set together with `closed_`
  std::mutex filled_mutex_;            // also held while outboxes are marked
  std::vector<outbox_ptr> filled_;
  // Whether the postman was told since it last took `filled_`.
  std::atomic<bool> is_told_{false};
  std::atomic<std::uint64_t> drawn_{0};
  dead_letter_box dropped_;
  spare_buffers spare_;
};

using carrier_ptr = std::shared_ptr<carrier>;

} // namespace cafmesh
